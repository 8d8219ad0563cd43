// Calls every operation that the SDK for JavaScript knows without any field, and prints operation and result, one a line.
import {createRequire} from 'node:module';

const [modules, endpoint, region, traceId] = process.argv.slice(2);
const sdk = createRequire(modules + '/')('@aws-sdk/client-xray');
const client = new sdk.XRayClient({
  endpoint, region, maxAttempts: 1,
  credentials: {accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY},
});

for (const name of Object.keys(sdk).filter(key => /^[A-Z]\w+Command$/.test(key)).sort()) {
  const operation = name.replace(/Command$/, '');
  try {
    await client.send(new sdk[name]({}));
    console.log(operation, 'ok');
  } catch (error) {
    console.log(operation, error.name);
  }
}

const now = Date.now();
const pages = sdk.paginateGetTraceSummaries({client}, {
  StartTime: new Date(now - 3_600_000), EndTime: new Date(now), FilterExpression: 'service("shop") { fault }',
});
for await (const page of pages) {
  console.log('summary', ...page.TraceSummaries.map(each => each.Id));
}
const {Traces} = await client.send(new sdk.BatchGetTracesCommand({TraceIds: [traceId]}));
console.log('segment', Traces[0].Segments[0].Id);
