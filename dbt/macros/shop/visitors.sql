{#-
  Who did what a part says: the user, else the customer the anonymous_id belongs to, else the anonymous visitor. Of `part`
  (int_session_parts) left joined with `identity` (int_identity) by identity_of.
-#}
{% macro visitor_key(part, identity) -%}
multiIf(
  {{ part }}.is_identified, concat('user:', {{ part }}.user_key),
  {{ identity }}.customer_id is not null, concat('user:', assumeNotNull({{ identity }}.customer_id)),
  concat('anonymous:', {{ part }}.user_key)
)
{%- endmacro %}

{#- The known customer of a part; null for a visitor nobody knows. -#}
{% macro visitor_customer(part, identity) -%}
if({{ part }}.is_identified, {{ part }}.user_key, {{ identity }}.customer_id)
{%- endmacro %}

{#- An event without user_id has its anonymous_id as user key. -#}
{% macro identity_of(part, identity) -%}
{{ identity }}.source = {{ part }}.source and {{ identity }}.anonymous_id = if({{ part }}.is_identified, '', {{ part }}.user_key)
{%- endmacro %}

{#-
  A number for the id that a browser gave a session, whoever uses it. Of 64 bits, since it is looked for among all sessions;
  those that share one are only rebuilt together.
-#}
{% macro session_ref(source, session_id) -%}
sipHash64(toString({{ source }}), assumeNotNull({{ session_id }}))
{%- endmacro %}

{#-
  A number for what a session takes an anonymous_id for: somebody's, or nobody's. Compared as a whole with what int_identity
  says, ten times as fast as by its texts; a change goes unseen with a probability of 10^-12 for 10^7 identities.
-#}
{% macro identity_claim(source, anonymous_id, visitor_key) -%}
sipHash64(toString({{ source }}), {{ anonymous_id }}, {{ visitor_key }})
{%- endmacro %}
