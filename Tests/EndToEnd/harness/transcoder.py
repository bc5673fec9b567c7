"""The transcoder, which ships disabled, in service."""
import os

from .server import own_plugins


def enabled(house, name, budgets=""):
    """A folder of manifests with it; `budgets`: further lines of its `[budgets]`."""
    plugins = own_plugins(house, name)
    manifest = os.path.join(plugins, "transcode.toml")
    with open(manifest) as file:
        text = file.read()
    with open(manifest, "w") as file:
        file.write(text.replace("enabled = false", "enabled = true").replace("[budgets]\n", "[budgets]\n" + budgets))
    return plugins
