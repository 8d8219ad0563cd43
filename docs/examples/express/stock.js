// Traced by OpenTelemetry: tracing.js is loaded before it.
const express = require('express');

const app = express();
app.get('/stock/:item', (request, response) => {
  setTimeout(() => response.json({item: request.params.item, left: 3}), 40);
});
app.listen(8082, () => console.log('stock: http://127.0.0.1:8082/stock/42'));
