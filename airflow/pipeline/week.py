"""The figures of the last seven days, and of the seven before, from one publication of the marts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline import warehouse

# Worlds that live end yesterday, for today is not over; others, such as a year that was replayed, with their last day.
_LAST_DAYS = """
    SELECT source, if(max(day) >= toDate32('{as_of}') - 7, toDate32('{as_of}') - 1, max(day)) AS last_day
    FROM (SELECT source, day FROM {marts}.daily_revenue UNION ALL SELECT source, day FROM {marts}.daily_traffic)
    GROUP BY source ORDER BY source"""
_ORDERS = """
    SELECT source, day, currency, valid_orders, net_amount, credit_amount FROM {marts}.daily_revenue
    INNER JOIN ({last_days}) AS w USING (source)
    WHERE day > last_day - 14 AND day <= last_day ORDER BY source, currency, day"""
_VISITS = """
    SELECT source, day, unique_users, total_sessions, total_page_views, total_product_clicks FROM {marts}.daily_traffic
    INNER JOIN ({last_days}) AS w USING (source)
    WHERE day > last_day - 14 AND day <= last_day ORDER BY source, day"""
_FUNNEL = """
    SELECT source, step, sum(sessions) FROM {marts}.funnel_steps INNER JOIN ({last_days}) AS w USING (source)
    WHERE day > last_day - 7 AND day <= last_day GROUP BY source, step, step_number ORDER BY source, step_number"""
_CUSTOMERS = """
    SELECT c.source, count(), countIf(c.registration_date > w.last_day - 7 AND c.registration_date <= w.last_day),
      countIf(d.drop_level = 'strong'), countIf(d.drop_level = 'likely')
    FROM {marts}.int_customer_profiles_ml AS c
    LEFT JOIN ({last_days}) AS w ON w.source = c.source
    LEFT JOIN {marts}.engagement_drops AS d ON d.source = c.source AND d.customer_id = c.customer_id
    GROUP BY c.source ORDER BY c.source"""
_COUNTRIES = """
    SELECT source, country, sum(num_customers), sum(orders_last_30_days) AS orders,
      if(countIf(spend_last_30_days IS NULL) > 0, NULL, sum(spend_last_30_days)), any(currency)
    FROM {marts}.customer_country_summary GROUP BY source, country HAVING orders > 0
    ORDER BY source, orders DESC, country LIMIT 5 BY source"""
_SEGMENTS = """
    SELECT segment, Customer_Count, Total_Revenue, Pct_of_Revenue FROM {marts}.segment_summary
    WHERE Customer_Count > 0 ORDER BY Total_Revenue DESC, segment"""


@dataclass(frozen=True)
class OrderDay:
    source: str
    day: date
    currency: str
    orders: int
    net: Decimal
    credit: Decimal


@dataclass(frozen=True)
class VisitDay:
    source: str
    day: date
    visitors: int
    sessions: int
    page_views: int
    product_clicks: int


@dataclass(frozen=True)
class Week:
    publication: warehouse.Publication
    last_days: dict[str, date]
    orders: list[OrderDay]
    visits: list[VisitDay]
    # Rows as they stand in the tables of the mail.
    funnel: list[tuple[str, str, int]]
    customers: list[tuple[str, int, int, int, int]]
    countries: list[tuple[Any, ...]]
    segments: list[tuple[Any, ...]]


def read(publication: warehouse.Publication) -> Week:
    names = {"marts": f"marts_{publication.id}", "as_of": publication.as_of}
    names["last_days"] = _LAST_DAYS.format(**names)

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return warehouse.rows(sql.format(**names))

    return Week(
        publication=publication,
        last_days=dict(rows(_LAST_DAYS)),
        orders=[OrderDay(*row) for row in rows(_ORDERS)],
        visits=[VisitDay(*row) for row in rows(_VISITS)],
        funnel=rows(_FUNNEL),
        customers=rows(_CUSTOMERS),
        countries=rows(_COUNTRIES),
        segments=rows(_SEGMENTS),
    )
