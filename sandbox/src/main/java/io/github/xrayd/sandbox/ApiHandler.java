package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the operations of the X-Ray API, after faults and signatures had their say. Called by the server's threads; an answer that is held
 * up holds up no thread.
 */
final class ApiHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
    private static final String UNKNOWN = "Unknown";
    private static final byte[] WRONG_JSON = "{\"UnprocessedTraceSegments\":[{]".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTML = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>"
            .getBytes(StandardCharsets.US_ASCII);

    private final int bodyBytesMax;
    private final @Nullable SignatureCheck signatures;
    private final Faults faults;
    private final PutSegments putSegments;
    private final TelemetryLog telemetry;
    private final Sampling sampling;
    private final TraceQueries queries;
    private final SandboxStats stats;
    private final LongSupplier epochMicros;
    private final ScheduledExecutorService holder;
    private final ThreadLocal<Exchanges.Body> bodies = ThreadLocal.withInitial(Exchanges.Body::new);

    ApiHandler(
            int bodyBytesMax,
            @Nullable SignatureCheck signatures,
            Faults faults,
            PutSegments putSegments,
            TelemetryLog telemetry,
            Sampling sampling,
            TraceQueries queries,
            SandboxStats stats,
            LongSupplier epochMicros,
            ScheduledExecutorService holder) {
        this.bodyBytesMax = bodyBytesMax;
        this.signatures = signatures;
        this.faults = faults;
        this.putSegments = putSegments;
        this.telemetry = telemetry;
        this.sampling = sampling;
        this.queries = queries;
        this.stats = stats;
        this.epochMicros = epochMicros;
        this.holder = holder;
    }

    /** One answer, ready to be written. */
    private static final class Reply {
        final int status;
        final String contentType;
        final byte[] body;
        final @Nullable String errorCode;
        final boolean isHalf;

        private Reply(int status, String contentType, byte[] body, @Nullable String errorCode, boolean isHalf) {
            this.status = status;
            this.contentType = contentType;
            this.body = body;
            this.errorCode = errorCode;
            this.isHalf = isHalf;
        }

        static Reply ok(byte[] body) {
            return new Reply(200, "application/json", body, null, false);
        }

        static Reply error(ApiException e) {
            return new Reply(e.status(), "application/json", Exchanges.errorBody(e.words()), e.code(), false);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Operation operation = Operation.ofPath(exchange.getRequestURI().getPath());
        String name = operation == null ? UNKNOWN : operation.apiName();
        Faults.Decision decision = operation == null ? Faults.Decision.SERVE : faults.decide(name);
        if (decision.is(Fault.Kind.DROP_BEFORE)) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, 0);
            exchange.close();
            return;
        }
        Exchanges.Body body = bodies.get();
        Reply reply;
        try {
            body.read(exchange, bodyBytesMax);
            if (operation != null) {
                decision = faults.decideByBody(decision, name, body.bytes, body.length);
            }
            reply = reply(exchange, operation, decision, body);
        } catch (ApiException e) {
            reply = Reply.error(e);
        } catch (IOException e) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, body.length);
            exchange.close();
            return;
        } catch (RuntimeException e) {
            LOG.error("The sandbox failed to answer {}", name, e);
            reply = Reply.error(new ApiException(500, "InternalFailure", "The sandbox failed: " + e));
        }
        if (decision.is(Fault.Kind.DROP_AFTER)) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, body.length);
            exchange.close();
            return;
        }
        Fault fault = decision.fault();
        if (fault != null && fault.kind() == Fault.Kind.HANG) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, body.length);
            hold(exchange, fault.p50Ms(), exchange::close);
            return;
        }
        stats.onRequest(name, reply.status, body.length);
        if (decision.holdMs() > 0) {
            Reply late = reply;
            hold(exchange, decision.holdMs(), () -> write(exchange, late));
        } else {
            write(exchange, reply);
        }
    }

    private void hold(HttpExchange exchange, long holdMs, Runnable then) {
        try {
            var unused = holder.schedule(then, holdMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            exchange.close();
        }
    }

    private static void write(HttpExchange exchange, Reply reply) {
        try {
            if (reply.isHalf) {
                Exchanges.answerHalf(exchange, reply.body);
            } else {
                Exchanges.answer(exchange, reply.status, reply.contentType, reply.body, reply.errorCode);
            }
        } catch (IOException e) {
            // The client has gone; there is nobody to tell.
            exchange.close();
        }
    }

    private Reply reply(
            HttpExchange exchange, @Nullable Operation operation, Faults.Decision decision, Exchanges.Body body)
            throws ApiException {
        long arrivalMicros = epochMicros.getAsLong();
        if (operation == null) {
            throw new ApiException(
                    404,
                    "UnknownOperationException",
                    "This sandbox does not serve "
                            + TerminalText.harmless(exchange.getRequestURI().getPath(), 80));
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            throw new ApiException(405, "MethodNotAllowedException", operation.apiName() + " is a POST");
        }
        if (signatures != null) {
            signatures.verify(
                    exchange.getRequestMethod(),
                    Exchanges.pathAndQuery(exchange),
                    exchange.getRequestHeaders(),
                    body.bytes,
                    body.length);
        }
        Fault fault = decision.fault();
        if (fault == null) {
            return Reply.ok(serve(operation, body, arrivalMicros, null, true));
        }
        return switch (fault.kind()) {
            case STATUS, THROTTLE_REQUESTS, THROTTLE_SEGMENTS, EXPIRED_CREDENTIALS ->
                Reply.error(new ApiException(fault.status(), fault.errorCode(), fault.message()));
            case HALF_ANSWER -> {
                byte[] answer = serve(operation, body, arrivalMicros, fault, fault.isStored());
                yield new Reply(200, "application/json", answer, null, true);
            }
            case WRONG_JSON -> {
                serve(operation, body, arrivalMicros, fault, fault.isStored());
                yield Reply.ok(WRONG_JSON);
            }
            case HTML -> {
                serve(operation, body, arrivalMicros, fault, fault.isStored());
                yield new Reply(200, "text/html", HTML, null, false);
            }
            case GATEWAY -> new Reply(fault.status(), "text/html", HTML, null, false);
            case UNPROCESSED -> Reply.ok(serve(operation, body, arrivalMicros, fault, true));
            case NONE, LATENCY, DROP_BEFORE, DROP_AFTER, HANG ->
                Reply.ok(serve(operation, body, arrivalMicros, fault, fault.isStored()));
        };
    }

    private byte[] serve(
            Operation operation, Exchanges.Body body, long arrivalMicros, @Nullable Fault fault, boolean isStored)
            throws ApiException {
        if (operation == Operation.PUT_TRACE_SEGMENTS) {
            return putSegments.accept(body.bytes, body.length, arrivalMicros, fault, isStored);
        }
        Map<String, Object> request;
        try {
            request = Json.parseObject(body.bytes, body.length);
        } catch (Json.MalformedException e) {
            throw new ApiException(400, "SerializationException", String.valueOf(e.getMessage()));
        }
        return Json.write(
                switch (operation) {
                    case PUT_TELEMETRY_RECORDS -> {
                        if (isStored) {
                            telemetry.onRequest(request, arrivalMicros);
                        }
                        yield new LinkedHashMap<String, Object>();
                    }
                    case GET_SAMPLING_RULES -> sampling.getSamplingRules();
                    case GET_SAMPLING_TARGETS -> sampling.getSamplingTargets(request);
                    case GET_TRACE_SUMMARIES -> queries.getTraceSummaries(request);
                    case BATCH_GET_TRACES -> queries.batchGetTraces(request);
                    case GET_SERVICE_GRAPH -> queries.getServiceGraph(request);
                    case PUT_TRACE_SEGMENTS -> throw new IllegalStateException("Answered above");
                });
    }
}
