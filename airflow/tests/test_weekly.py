"""Every figure of the weekly mail against SQL that sums by itself, in both of the mail's forms."""

from datetime import date, timedelta
from html import unescape

import pytest
from airflow.utils.state import DagRunState

from pipeline import documents, warehouse
from pipeline.documents import Bars, Heading, Paragraph, Table

import received_mails
from marts import fill

RETAIL_ENDS = date(2011, 12, 9)


@pytest.fixture(scope="module")
def as_of(published) -> date:
    """A publication with a live world of two currencies, whose day as of which it was built is not over, and a year of
    long ago. On one day neither sold anything."""
    day = date.fromisoformat(published.as_of)
    worlds = f"('shop', '{day}', 'USD'), ('shop', '{day}', 'EUR'), ('retail', '{RETAIL_ENDS}', 'GBP')"
    from_days = (
        f"FROM VALUES('source String, last String, currency String', {worlds}) AS w"
        " CROSS JOIN (SELECT number AS back FROM numbers(30)) AS n WHERE back != 3"
    )
    fill(
        "daily_revenue",
        "SELECT source, toDate32(last) - back AS day, currency, toUInt64(cityHash64(back, currency) % 50 + 1) AS valid_orders,"
        " toDecimal128(cityHash64(currency, back, 'net') % 1000000, 4) / 100 AS net_amount,"
        f" toDecimal128(cityHash64(currency, back, 'credit') % 9000, 4) / -100 AS credit_amount {from_days}",
    )
    fill(
        "daily_traffic",
        "SELECT source, toDate32(last) - back AS day, cityHash64(back, 1) % 900 AS unique_users,"
        " cityHash64(back, 2) % 1900 AS total_sessions, cityHash64(back, 3) % 9000 AS total_page_views,"
        f" cityHash64(back, 4) % 3000 AS total_product_clicks {from_days} AND currency = 'USD'",
    )
    fill(
        "funnel_steps",
        "SELECT source, toDate32(last) - back AS day, device, toUInt8(indexOf(steps, step)) AS step_number, step,"
        " intDiv(cityHash64(back, device) % 4000, step_number) AS sessions"
        " FROM (SELECT *, ['visit', 'product_view', 'add_to_cart', 'checkout'] AS steps, arrayJoin(steps) AS step,"
        f" arrayJoin(['mobile', 'desktop']) AS device {from_days} AND currency = 'USD')",
    )
    fill(
        "int_customer_profiles_ml",
        f"SELECT if(number % 3 = 0, 'retail', 'shop') AS source, toString(number) AS customer_id,"
        f" if(number % 7 = 0, NULL, toDate32('{day}') - number % 40) AS registration_date FROM numbers(400)",
    )
    fill(
        "engagement_drops",
        "SELECT 'shop' AS source, toString(number) AS customer_id,"
        " ['none', 'likely', 'strong'][cityHash64(number) % 3 + 1] AS drop_level FROM numbers(400) WHERE number % 3 != 0",
    )
    fill(
        "customer_country_summary",
        "SELECT 'shop' AS source, concat('C', toString(number % 8)) AS country, toString(number) AS tier, number AS num_customers,"
        " cityHash64(number) % 30 AS orders_last_30_days, 'USD' AS currency,"
        " if(number = 5, NULL, toDecimal128(cityHash64(number) % 100000, 4) / 10) AS spend_last_30_days FROM numbers(32)",
    )
    fill(
        "segment_summary",
        "SELECT concat('Segment ', toString(number)) AS segment, toUInt32(number * 1000) AS Customer_Count,"
        " toDecimal128(number * 12345678, 2) / 100 AS Total_Revenue, toDecimal128(number * 167, 4) / 10 AS Pct_of_Revenue FROM numbers(4)",
    )
    return day


@pytest.fixture(scope="module")
def mail(bag, as_of) -> dict[str, str]:
    received_mails.empty()
    assert bag.dags["weekly_report"].test().state == DagRunState.SUCCESS
    [one] = received_mails.every()
    return one


def both(mail: dict[str, str], cells: list[str]) -> None:
    """A row of cells in the HTML, and each of them in the text."""
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    assert row in unescape(mail["HTML"]), cells
    for cell in cells:
        assert cell in mail["Text"], cell


def mart(sql: str) -> list[tuple]:
    return warehouse.rows(sql.replace("marts.", f"marts_{warehouse.current_publication().id}."))


def week_of(source: str, as_of: date, weeks_ago: int = 0) -> str:
    last = (RETAIL_ENDS if source == "retail" else as_of - timedelta(days=1)) - timedelta(days=7 * weeks_ago)
    return f"source = '{source}' AND day BETWEEN '{last - timedelta(days=6)}' AND '{last}'"


WORLDS = [("shop", "USD"), ("shop", "EUR"), ("retail", "GBP")]


@pytest.mark.parametrize(("source", "currency"), WORLDS)
def test_sales_of_the_week_and_of_the_week_before(mail, as_of, source, currency):
    sums = (
        "SELECT sum(valid_orders), sum(net_amount), toFloat64(sum(net_amount - credit_amount)) / sum(valid_orders)"
        " FROM marts.daily_revenue"
    )
    [(orders, net, average)] = mart(f"{sums} WHERE {week_of(source, as_of)} AND currency = '{currency}'")
    [(orders_before, net_before, _)] = mart(f"{sums} WHERE {week_of(source, as_of, 1)} AND currency = '{currency}'")
    changes = [f"{100 * float(now) / float(before) - 100:+.1f}%" for now, before in ((orders, orders_before), (net, net_before))]
    both(
        mail,
        [
            source, f"{orders:,}", f"{orders_before:,}", changes[0], f"{net:,.2f} {currency}",
            f"{net_before:,.2f} {currency}", changes[1], f"{average:,.2f} {currency}",
        ],
    )


@pytest.mark.parametrize(("source", "currency"), WORLDS)
def test_the_chart_of_sales_has_every_day_also_the_one_without_any(mail, as_of, source, currency):
    found = mart(
        "SELECT toString(day), net_amount, valid_orders FROM marts.daily_revenue"
        f" WHERE {week_of(source, as_of)} AND currency = '{currency}' ORDER BY day"
    )
    assert len(found) == 6
    for day, net, orders in found:
        bar = [line for line in mail["Text"].splitlines() if day in line and f"{net:,.2f} {currency}, {orders:,} orders" in line]
        assert len(bar) == 1 and "#" in bar[0]
    assert f"0.00 {currency}, 0 orders" in mail["Text"]


@pytest.mark.parametrize("source", ["shop"])
def test_visits_of_the_week(mail, as_of, source):
    sums = (
        "SELECT sum(unique_users) / 7, sum(total_sessions), sum(total_page_views), sum(total_product_clicks)"
        " FROM marts.daily_traffic WHERE "
    )
    [(visitors, sessions, views, clicks)] = mart(sums + week_of(source, as_of))
    [(before, *_)] = mart(sums + week_of(source, as_of, 1))
    change = f"{100 * visitors / before - 100:+.1f}%"
    both(mail, [source, f"{visitors:,.1f}", f"{before:,.1f}", change, f"{sessions:,}", f"{views:,}", f"{clicks:,}"])


def test_the_funnel_of_the_week(mail, as_of):
    steps = mart(
        f"SELECT step, sum(sessions) AS n, n / max(n) OVER () FROM marts.funnel_steps WHERE {week_of('shop', as_of)} GROUP BY step"
    )
    assert len(steps) == 4
    for step, sessions, share in steps:
        figure = f"{sessions:,} sessions, {100 * share:.1f}%"
        assert any(line.startswith(step) and line.endswith(figure) for line in mail["Text"].splitlines()), figure
        assert figure in mail["HTML"]


def test_customers(mail, as_of):
    for source, last in (("retail", RETAIL_ENDS), ("shop", as_of - timedelta(days=1))):
        [(customers, new)] = mart(
            "SELECT count(), countIf(registration_date BETWEEN toDate32('"
            f"{last - timedelta(days=6)}') AND toDate32('{last}')) FROM marts.int_customer_profiles_ml WHERE source = '{source}'"
        )
        [(strong, likely)] = mart(
            "SELECT countIf(drop_level = 'strong'), countIf(drop_level = 'likely') FROM marts.engagement_drops"
            f" WHERE source = '{source}'"
        )
        assert (strong > 0) == (source == "shop")
        both(mail, [source, f"{customers:,}", f"{new:,}", f"{strong:,}", f"{likely:,}"])


def test_the_five_countries_with_most_orders(mail):
    found = mart(
        "SELECT country, sum(num_customers), sum(orders_last_30_days) AS orders, sum(spend_last_30_days), max(isNull(spend_last_30_days))"
        " FROM marts.customer_country_summary GROUP BY country ORDER BY orders DESC, country"
    )
    for country, customers, orders, spend, is_missing in found[:5]:
        both(mail, ["shop", country, f"{customers:,}", f"{orders:,}", "a rate is missing" if is_missing else f"{spend:,.2f} USD"])
    for country, *_ in found[5:]:
        assert f"<td>{country}</td>" not in mail["HTML"]


def test_segments_without_customers_are_left_out(mail):
    both(mail, ["Segment 3", "3,000", "370,370.34", "50.1 %"])
    assert "Segment 0" not in mail["HTML"]


def test_the_subject_names_the_newest_world_and_its_largest_currency(mail, as_of):
    [(currency, net)] = mart(
        f"SELECT currency, sum(net_amount) AS net FROM marts.daily_revenue WHERE {week_of('shop', as_of)}"
        " GROUP BY currency ORDER BY net DESC LIMIT 1"
    )
    assert mail["Subject"].startswith(f"[Ebb] weekly_report: shop {net:,.2f} {currency} in the week to {as_of - timedelta(days=1)} (")


def test_a_document_says_the_same_in_both_forms():
    parts = [
        Heading("A & B"),
        Paragraph("1 < 2"),
        Table(("name", "n"), (("x", "1"), ("longer", "2"))),
        Bars("chart", (("up", 20.0, "20"), ("half", 10.0, "10"), ("nearly nothing", 0.01, "0.01"), ("none", 0.0, "0"), ("below", -5.0, "-5"))),
    ]
    text, html = documents.as_text(parts), documents.as_html(parts)
    assert "A & B\n=====" in text and "<h2>A &amp; B</h2>" in html
    assert "name    n\nx       1\nlonger  2" in text and "<td>longer</td><td>2</td>" in html
    lengths = [line.count("#") for line in text.split("chart\n")[1].splitlines()]
    assert lengths == [30, 15, 1, 0, 0]
    assert [html.count(f"width={pixels} ") for pixels in (260, 130, 1)] == [1, 1, 1] and html.count("bgcolor") == 3
