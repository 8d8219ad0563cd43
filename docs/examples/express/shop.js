// Traced by X-Ray's SDK, which sends to the sandbox's daemon at 127.0.0.1:2000.
const xray = require('aws-xray-sdk');
const http = require('http');

xray.captureHTTPsGlobal(http);
const express = require('express');

const {PORT = 8081, STOCK = 'http://127.0.0.1:8082'} = process.env;
const app = express();
app.use(xray.express.openSegment('shop'));
app.get('/', (request, response, next) => {
  http.get(`${STOCK}/stock/42`, answer => answer.pipe(response)).on('error', next);
});
app.use(xray.express.closeSegment());
app.listen(PORT, () => console.log(`shop: http://127.0.0.1:${PORT}/`));
