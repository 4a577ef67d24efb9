"""Runs a notebook and writes it, with what its cells came to, as a notebook and as a page: `ebb notebook` calls this."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from traitlets.config import Config

CELL_SECONDS = 900
# What a person can do something about; of everything else the trace is told.
EXPLAINED = ("NotPublished", "SettingMissing", "OperationalError")
# Nothing is fetched from anywhere: the page can be mailed.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ max-width: 70rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: #222; }}
img {{ max-width: 100%; height: auto; }}
pre {{ white-space: pre-wrap; font: inherit; font-weight: 600; }}
div {{ overflow-x: auto; }}
table {{ border-collapse: collapse; margin: 1rem 0; font-size: 14px; }}
th, td {{ padding: 0.3rem 0.7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def main(source: Path, folder: Path) -> int:
    notebook = nbformat.read(source, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    try:
        execute(notebook, source.parent)
    except CellExecutionError as error:
        print(f"ebb notebook: {error.evalue if error.ename in EXPLAINED else error}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    run, page = folder / source.name, folder / f"{source.stem}.html"
    nbformat.write(notebook, run)
    page.write_text(as_page(notebook, source.stem), encoding="utf-8")
    print(f"{page}\n{run}")
    return 0


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """In place. Raises CellExecutionError."""
    resources = {"metadata": {"path": str(folder)}}
    with TemporaryDirectory(prefix="ebb-notebook-") as sockets:
        # Over TCP other users of the machine could read along.
        config = Config({"KernelManager": {"transport": "ipc", "connection_file": f"{sockets}/kernel.json"}})
        client = NotebookClient(
            notebook, timeout=CELL_SECONDS, kernel_name="python3", resources=resources, config=config
        )
        client.execute()


def as_page(notebook: nbformat.NotebookNode, title: str) -> str:
    """Text, figures and charts, without the code."""
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(notebook)
    return PAGE.format(title=title, body=body)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
