"""The few kinds of charts that the notebooks draw, in one look."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

# Told apart by the colour-blind as well: M. Okabe & K. Ito, Color Universal Design, 2008.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
NOTHING = "#EEEEEE"
LOOK = {
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.prop_cycle": plt.cycler(color=COLOURS),
}


def bars(table: pd.DataFrame, title: str, *, unit: str, figure: str = "{:,.1f}") -> None:
    """Horizontal bars: a group per row, the first on top, and a bar per column with its figure."""
    _, axes = _figure(width=9, height=1.2 + 0.28 * table.size)
    table.plot.barh(ax=axes, width=0.8)
    axes.invert_yaxis()
    for group in axes.containers:
        axes.bar_label(group, fmt=figure.format, padding=3, fontsize=8)
    axes.set(title=title, xlabel=unit, ylabel="")
    axes.margins(x=0.1)
    if table.shape[1] == 1:
        axes.get_legend().remove()
    plt.show()


def heat_map(
    table: pd.DataFrame,
    title: str,
    *,
    figure: str = "{:,.0f}",
    colours: str = "Blues",
    limits: tuple[float, float] | None = None,
    texts: pd.DataFrame | None = None,
) -> None:
    """A cell per row and column with its figure, or with the text of the same place; blank where there is none."""
    _, axes = _figure(width=min(14, 3 + 0.9 * table.shape[1]), height=2 + 0.4 * table.shape[0])
    values = table.to_numpy(dtype=float)
    low, high = limits or (np.nanmin(values), np.nanmax(values))
    image = axes.imshow(values, cmap=colours, aspect="auto", vmin=low, vmax=high)
    _name_ticks(axes, table)
    for row, column in np.argwhere(~np.isnan(values)):
        text = figure.format(values[row, column]) if texts is None else texts.iat[row, column]
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color=_readable(image, values[row, column]))
    axes.set_title(title)
    plt.show()


def boxes(groups: Mapping[str, Sequence[float]], title: str, *, unit: str) -> None:
    """A box per group, the first on top: half of its members inside, the line at the median."""
    _, axes = _figure(width=9, height=1.2 + 0.4 * len(groups))
    axes.boxplot(
        list(groups.values()),
        tick_labels=[f"{name} ({len(values):,})" for name, values in groups.items()],
        orientation="horizontal",
        showfliers=False,
        patch_artist=True,
        widths=0.6,
        boxprops={"facecolor": COLOURS[4]},
        medianprops={"color": COLOURS[7]},
    )
    axes.invert_yaxis()
    axes.set(title=title, xlabel=unit)
    plt.show()


def promised_and_seen(table: pd.DataFrame, title: str) -> None:
    """Shares that a model promised against those that were observed, with their interval; on the line both are equal."""
    _, axes = _figure(width=5, height=5)
    spread = (table["observed"] - table["observed_low"], table["observed_high"] - table["observed"])
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
    axes.errorbar(table["predicted"], table["observed"], yerr=spread, fmt="o", capsize=3)
    axes.set(title=title, xlabel="share promised", ylabel="share observed", xlim=(0, 1), ylim=(0, 1))
    plt.show()


def strips(table: pd.DataFrame, title: str) -> None:
    """A row per customer, a column per run, coloured by what stands in the cell; pale where there is nothing."""
    names = sorted(pd.unique(table.to_numpy().ravel()[table.notna().to_numpy().ravel()]))
    codes = table.apply(lambda column: column.map({name: at + 1 for at, name in enumerate(names)})).fillna(0)
    shades = [NOTHING, *(COLOURS[at % len(COLOURS)] for at in range(len(names)))]
    _, axes = _figure(width=10, height=1.6 + 0.32 * len(table))
    axes.imshow(codes, cmap=ListedColormap(shades), aspect="auto", vmin=0, vmax=len(names), interpolation="nearest")
    _name_ticks(axes, table)
    axes.set_xticks(np.arange(1, table.shape[1]) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, table.shape[0]) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=3)
    legend = [Patch(color=shades[at + 1], label=name) for at, name in enumerate(names)]
    axes.legend(handles=legend, loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    axes.set_title(title)
    plt.show()


def timeline(steps: pd.DataFrame, lanes: Sequence[str], title: str) -> None:
    """Steps (`lane`, `at`, and `until` where they last) in time, a line per lane, the first on top."""
    _, axes = _figure(width=11, height=0.8 + 0.4 * len(lanes))
    for place, lane in enumerate(lanes):
        own = steps[steps["lane"] == lane]
        lasting = own.dropna(subset=["until"])
        colour = COLOURS[place % len(COLOURS)]
        axes.hlines([place] * len(lasting), lasting["at"], lasting["until"], color=colour, linewidth=6, alpha=0.4)
        axes.plot(own["at"], [place] * len(own), "o", color=colour, markersize=6)
    axes.set_yticks(range(len(lanes)), lanes)
    axes.set_ylim(len(lanes) - 0.5, -0.5)
    axes.grid(axis="x", color=NOTHING)
    axes.set_title(title)
    plt.show()


def _figure(*, width: float, height: float) -> tuple[plt.Figure, Axes]:
    plt.style.use(LOOK)
    return plt.subplots(figsize=(width, height))


def _name_ticks(axes: Axes, table: pd.DataFrame) -> None:
    axes.set_xticks(range(table.shape[1]), table.columns, rotation=35, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(table.shape[0]), table.index)
    axes.tick_params(length=0, which="both")
    axes.spines[:].set_visible(False)


def _readable(image, value: float) -> str:
    """Black or white, whichever stands out; weights of ITU-R BT.709."""
    red, green, blue, _ = image.cmap(image.norm(value))
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else "white"
