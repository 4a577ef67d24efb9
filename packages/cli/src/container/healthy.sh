#!/usr/bin/env bash
# Health check of a container: is the service on this port ready? No Node, because one that is started every few seconds
# for each of a dozen services takes a good part of a small machine.
trap '' PIPE # a service that hangs up first is one that is not ready, no reason to die of a signal
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET /healthz/ready HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
read -r -t 4 _ status _ <&3 && [ "$status" = 200 ] || exit 1
