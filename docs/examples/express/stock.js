// Traced by OpenTelemetry: tracing.js is loaded before it.
const express = require('express');

const {PORT = 8082} = process.env;
const app = express();
app.get('/stock/:item', (request, response) => {
  setTimeout(() => response.json({item: request.params.item, left: 3}), 40);
});
app.listen(PORT, () => console.log(`stock: http://127.0.0.1:${PORT}/stock/42`));
