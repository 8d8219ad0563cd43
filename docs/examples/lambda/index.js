// A Lambda function. In Lambda the SDK sends subsegments only: the segment that they belong to is the service's own.
const xray = require('aws-xray-sdk-core');

exports.handler = event => xray.captureAsyncFunc('look up stock', async subsegment => {
  try {
    subsegment.addAnnotation('item', event.item);
    if (event.item < 0) {
      throw new RangeError(`there is no item ${event.item}`);
    }
    return {item: event.item, left: 3};
  } catch (e) {
    subsegment.addError(e);
    throw e;
  } finally {
    subsegment.close();
  }
});
