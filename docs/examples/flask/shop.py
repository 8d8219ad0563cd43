# A shop traced by X-Ray's SDK: flask --app shop run --port 8081, with AWS_XRAY_DAEMON_ADDRESS where the daemon is not at 127.0.0.1:2000.
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask

app = Flask(__name__)
xray_recorder.configure(service="shop")
XRayMiddleware(app, xray_recorder)


@app.get("/")
def stock():
    with xray_recorder.in_subsegment("stock"):
        return {"stock": 3}


@app.get("/broken")
def broken():
    raise RuntimeError("no stock")
