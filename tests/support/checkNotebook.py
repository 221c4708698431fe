"""Checks a notebook by nbformat's schema, and runs its Python with a stand-in for anywidget, in the working directory.

Lines for the shell are left out; so are cells that import pandas where it isn't installed. What the notebook leaves in `scope` is printed as JSON.
"""

import importlib.util
import json
import sys
import types

import nbformat
import traitlets

notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)

widgets = types.ModuleType("anywidget")
widgets.AnyWidget = traitlets.HasTraits
sys.modules["anywidget"] = widgets

scope = {}
printed = sys.stdout
sys.stdout = sys.stderr
for cell in notebook.cells:
    if cell.cell_type != "code":
        continue
    source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("!"))
    if "import pandas" in source and importlib.util.find_spec("pandas") is None:
        compile(source, cell.id, "exec")
        continue
    exec(compile(source, cell.id, "exec"), scope)

widget = scope["scope"]
traits = {name: getattr(widget, name) for name in widget.trait_names(sync=True)}
print(json.dumps({"module": str(widget._esm), "traits": traits}), file=printed)
