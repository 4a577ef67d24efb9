"""The week as a mail: figures beside those of the week before, and charts by day."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.documents import Bars, Heading, Paragraph, Part, Table
from pipeline.week import OrderDay, VisitDay, Week

WEEK = timedelta(days=7)
# Worlds with many currencies: charts of the largest; the table has all.
CHARTS = 4

def subject(week: Week) -> str:
    """The revenue of the newest world, in its largest currency."""
    worlds = _worlds(week)
    if not worlds:
        return "nothing was sold yet"
    (source, currency), (now, before) = max(worlds, key=lambda one: (week.last_days[one[0][0]], _net(one[1][0])))
    return f"{source} {_money(_net(now), currency)} in the week to {week.last_days[source]} ({_change(_net(now), _net(before))})"


def document(week: Week) -> list[Part]:
    ends = ", ".join(f"{source} {day}" for source, day in week.last_days.items()) or "there are none yet"
    return [
        Paragraph(f"Published is {week.publication}. Weeks of seven days, by the world they are of, to: {ends}."),
        Heading("Sales"),
        *_sales(week),
        Heading("Visits"),
        *_visits(week),
        Heading("From visit to checkout"),
        *_funnel(week),
        Heading("Customers"),
        *_table(_CUSTOMER_HEAD, ([_text(cell) for cell in row] for row in week.customers)),
        Heading("Countries with most orders, 30 days"),
        *_table(("source", "country", "customers", "orders", "revenue"), map(_country, week.countries)),
        Heading("Segments of the retailer's customers"),
        *_table(("segment", "customers", "revenue", "of all revenue"), map(_segment, week.segments)),
    ]


_CUSTOMER_HEAD = ("source", "customers", "registered in the week", "come far less", "come less")
_SALES_HEAD = ("source", "orders", "before", "change", "revenue", "before", "change", "average order")
_VISITS_HEAD = ("source", "visitors a day", "before", "change", "sessions", "page views", "product views")


def _sales(week: Week) -> list[Part]:
    worlds = _worlds(week)
    rows = [_sales_row(*one) for one in worlds]
    largest = sorted(worlds, key=lambda one: -_net(one[1][0]))[:CHARTS]
    charts = [_sales_chart(week.last_days[source], source, currency, now) for (source, currency), (now, _) in largest]
    return [*_table(_SALES_HEAD, rows), *charts]


Days = list[OrderDay]


def _worlds(week: Week) -> list[tuple[tuple[str, str], tuple[Days, Days]]]:
    """Of every world and currency the days of the week, and of the week before."""
    found = {(one.source, one.currency): ([], []) for one in week.orders}
    for one in week.orders:
        found[one.source, one.currency][_weeks_ago(week, one)].append(one)
    return list(found.items())


def _sales_row(name: tuple[str, str], weeks: tuple[Days, Days]) -> tuple[str, ...]:
    (source, currency), (now, before) = name, weeks
    orders, orders_before = _orders(now), _orders(before)
    # Of the orders alone: a credit note is no order.
    average = (_net(now) - sum(one.credit for one in now)) / orders if orders else None
    return (
        source,
        _text(orders),
        _text(orders_before),
        _change(orders, orders_before),
        _money(_net(now), currency),
        _money(_net(before), currency),
        _change(_net(now), _net(before)),
        "–" if average is None else _money(average, currency),
    )


def _sales_chart(last: date, source: str, currency: str, days: Days) -> Bars:
    found = {one.day: one for one in days}
    rows = []
    for day in _days_to(last):
        one = found.get(day)
        net, orders = (one.net, one.orders) if one else (Decimal(0), 0)
        rows.append((f"{day:%a %Y-%m-%d}", float(net), f"{_money(net, currency)}, {orders:,} orders"))
    return Bars(f"Revenue of {source} in {currency}, by day", tuple(rows))


def _visits(week: Week) -> list[Part]:
    sources = sorted({one.source for one in week.visits})
    weeks = {source: ([], []) for source in sources}
    for one in week.visits:
        weeks[one.source][_weeks_ago(week, one)].append(one)
    rows = [_visits_row(source, *weeks[source]) for source in sources]
    charts = [_visits_chart(week.last_days[source], source, weeks[source][0]) for source in sources]
    return [*_table(_VISITS_HEAD, rows), *charts]


def _visits_row(source: str, now: list[VisitDay], before: list[VisitDay]) -> tuple[str, ...]:
    """Visitors as a mean: who comes on two days would count twice in a sum."""
    visitors, visitors_before = (sum(one.visitors for one in days) / WEEK.days for days in (now, before))
    return (
        source,
        f"{visitors:,.1f}",
        f"{visitors_before:,.1f}",
        _change(visitors, visitors_before),
        _text(sum(one.sessions for one in now)),
        _text(sum(one.page_views for one in now)),
        _text(sum(one.product_clicks for one in now)),
    )


def _visits_chart(last: date, source: str, days: list[VisitDay]) -> Bars:
    found = {one.day: one.visitors for one in days}
    rows = [(f"{day:%a %Y-%m-%d}", float(found.get(day, 0)), f"{found.get(day, 0):,} visitors") for day in _days_to(last)]
    return Bars(f"Visitors of {source}, by day", tuple(rows))


def _funnel(week: Week) -> list[Part]:
    sources = sorted({source for source, _, _ in week.funnel})
    return [_funnel_chart(source, [row[1:] for row in week.funnel if row[0] == source]) for source in sources] or [_NONE]


def _funnel_chart(source: str, steps: list[tuple[str, int]]) -> Bars:
    visits = steps[0][1]
    rows = [(step, float(count), f"{count:,} sessions{f', {count / visits:.1%}' if visits else ''}") for step, count in steps]
    return Bars(f"Sessions of {source} by the step they reached", tuple(rows))


def _country(row: tuple[Any, ...]) -> tuple[str, ...]:
    source, country, customers, orders, spend, currency = row
    return (source, country, _text(customers), _text(orders), "a rate is missing" if spend is None else _money(spend, currency))


def _segment(row: tuple[Any, ...]) -> tuple[str, ...]:
    segment, customers, revenue, share = row
    return (segment, _text(customers), f"{revenue:,.2f}", f"{share:.1f} %")


_NONE = Paragraph("None.")


def _table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[Part]:
    found = tuple(tuple(row) for row in rows)
    return [Table(head, found) if found else _NONE]


def _weeks_ago(week: Week, one: OrderDay | VisitDay) -> int:
    return int(one.day <= week.last_days[one.source] - WEEK)


def _days_to(last: date) -> list[date]:
    return [last - timedelta(days=back) for back in reversed(range(WEEK.days))]


def _orders(days: Days) -> int:
    return sum(one.orders for one in days)


def _net(days: Days) -> Decimal:
    return sum((one.net for one in days), Decimal(0))


def _change(now: float | Decimal, before: float | Decimal) -> str:
    """Of nothing, or of a negative amount, a change has no meaning."""
    return f"{float(now / before - 1):+.1%}" if before > 0 else "–"


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
