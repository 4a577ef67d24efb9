"""Renews seeds/shop/exchange_rates.csv from the reference rates of the European Central Bank.

    python dbt/make_rates.py eurofxref-hist.zip

Takes the bank's file of all days (a zip, or the CSV in it) and writes the first rate of each week in US dollars; currencies
that the bank does not quote, pegged ones mostly, stay as they stand in the seed.
"""

import csv
import io
import sys
import zipfile
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

SEED = Path(__file__).parent / "seeds" / "shop" / "exchange_rates.csv"
CURRENCIES = ("EUR", "GBP")
FIRST_DAY = "2008-12-29"
PLACES = Decimal("0.000001")


def weekly(days: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first day with rates of each week."""
    firsts: dict[tuple[int, int], dict[str, str]] = {}
    for day in sorted(days, key=lambda row: row["Date"]):
        if day["Date"] >= FIRST_DAY:
            firsts.setdefault(date.fromisoformat(day["Date"]).isocalendar()[:2], day)
    return list(firsts.values())


def usd_per_unit(day: dict[str, str], currency: str) -> Decimal:
    """The bank says what a euro costs in each currency."""
    usd = Decimal(day["USD"])
    rate = usd if currency == "EUR" else (usd / Decimal(day[currency])).quantize(PLACES, ROUND_HALF_UP)
    return rate.normalize()


def main(source: Path) -> None:
    content = source.read_bytes()
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            content = archive.read(archive.namelist()[0])
    days = weekly(list(csv.DictReader(io.StringIO(content.decode()))))
    header, *rows = SEED.read_text().splitlines()
    lines = [header, *(row for row in rows if row.split(",")[1] not in CURRENCIES)]
    for currency in CURRENCIES:
        lines += [f"{day['Date']},{currency},{usd_per_unit(day, currency):f}" for day in days]
    SEED.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
