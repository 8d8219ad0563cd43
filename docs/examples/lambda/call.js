// Calls the function as Lambda's runtime does, with a trace of its own: npm run call -- 42
const {randomBytes} = require('crypto');

const id = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
process.env.AWS_LAMBDA_FUNCTION_NAME ??= 'stock';
process.env.LAMBDA_TASK_ROOT ??= __dirname;
process.env._X_AMZN_TRACE_ID = `Root=${id};Parent=${randomBytes(8).toString('hex')};Sampled=1`;

// The SDK looks at these when it is loaded.
const {handler} = require('./index.js');

handler({item: Number(process.argv[2] ?? 42)}).then(
  result => console.log(id, JSON.stringify(result)),
  error => console.log(id, String(error)));
