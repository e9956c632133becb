"""What the browser and the translators need, made from what the packages hold: `python -m config.assets`.

Everything lands in git-ignored places (`portal/static/built/`, `*.mo`) and is made again only when what it is made of
has changed.
"""
