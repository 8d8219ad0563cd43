// OpenTelemetry with X-Ray's header, so that a trace goes on across both kinds of applications; sends to the sandbox by OTLP.
const {NodeSDK} = require('@opentelemetry/sdk-node');
const {OTLPTraceExporter} = require('@opentelemetry/exporter-trace-otlp-proto');
const {AWSXRayPropagator} = require('@opentelemetry/propagator-aws-xray');
const {HttpInstrumentation} = require('@opentelemetry/instrumentation-http');
const {ExpressInstrumentation} = require('@opentelemetry/instrumentation-express');

// Spans are sent after half a second, not after five.
process.env.OTEL_BSP_SCHEDULE_DELAY ??= '500';
const {OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url = 'http://127.0.0.1:3000/v1/traces'} = process.env;

new NodeSDK({
  serviceName: 'stock',
  traceExporter: new OTLPTraceExporter({url}),
  textMapPropagator: new AWSXRayPropagator(),
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
}).start();
