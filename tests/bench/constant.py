"""One constant Jinja page of `CONSTANT_BYTES`, as large as the page it is held against; compressed where that is asked for."""

from __future__ import annotations

import os

from flask import Flask, render_template_string
from flask_compress import Compress

LINE = "Vaccinmottagningen vid torget, första lediga tid måndag 23 november kl. 09.10"
PAGE = """<!doctype html>
<html lang="sv" dir="ltr"><head><meta charset="utf-8"><title>Constant</title></head><body><main><h1>Constant</h1><ol>
{% for number in range(lines) %}<li id="m{{ number }}"><a href="/klinik/{{ number }}">{{ line }}</a></li>
{% endfor %}</ol></main></body></html>"""
ALIKE = len(f'<li id="m100"><a href="/klinik/100">{LINE}</a></li>\n'.encode())

app = Flask(__name__)
app.config.update(COMPRESS_ALGORITHM=["gzip"], COMPRESS_MIMETYPES=["text/html"])
Compress(app)


@app.get("/")
def page() -> str:
    return render_template_string(PAGE, lines=int(os.environ["CONSTANT_BYTES"]) // ALIKE, line=LINE)
