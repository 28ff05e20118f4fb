# SPDX-License-Identifier: GPL-2.0-only
#
# How Sphinx makes pages of this folder: "make docs", "selftests/check docs".

project = "vnencap"
author = copyright = "the authors of vnencap"

exclude_patterns = ["_build", "netlink"]
# What a literal block shows is bytes, commands or tables: nothing to colour.
highlight_language = "none"

html_theme = "alabaster"
html_theme_options = {
    "description": "Overlay networks as fake TCP",
    "page_width": "1100px",
    "sidebar_width": "230px",
}
html_copy_source = False
html_show_copyright = False
# The whole tree of pages beside each of them
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
