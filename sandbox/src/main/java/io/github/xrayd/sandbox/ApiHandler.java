package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles calls of the X-Ray API and OTLP requests: injects faults, checks signatures, and passes on what is left.
 * Called by the server's threads; an answer that is held up holds up no thread.
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
    private final ApiOperations operations;
    private final OtlpTraces otlp;
    private final SandboxStats stats;
    private final ScheduledExecutorService holder;
    private final ThreadLocal<Exchanges.Body> bodies = ThreadLocal.withInitial(Exchanges.Body::new);

    ApiHandler(
            int bodyBytesMax,
            @Nullable SignatureCheck signatures,
            Faults faults,
            ApiOperations operations,
            OtlpTraces otlp,
            SandboxStats stats,
            ScheduledExecutorService holder) {
        this.bodyBytesMax = bodyBytesMax;
        this.signatures = signatures;
        this.faults = faults;
        this.operations = operations;
        this.otlp = otlp;
        this.stats = stats;
        this.holder = holder;
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
        ApiReply reply;
        try {
            body.read(exchange, bodyBytesMax);
            if (operation != null) {
                decision = faults.decideByBody(decision, name, body.bytes, body.length);
            }
            reply = reply(exchange, operation, decision, body);
        } catch (ApiException e) {
            reply = error(exchange, operation, e);
        } catch (IOException e) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, body.length);
            exchange.close();
            return;
        } catch (RuntimeException e) {
            LOG.error("The sandbox failed to answer {}", name, e);
            reply = error(exchange, operation, new ApiException(500, "InternalFailure", "The sandbox failed: " + e));
        }
        if (decision.is(Fault.Kind.DROP_AFTER)) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, body.length);
            exchange.close();
            return;
        }
        Fault fault = decision.fault();
        if (fault != null && fault.kind() == Fault.Kind.HANG) {
            stats.onRequest(name, SandboxStats.NO_ANSWER, body.length);
            hold(exchange, fault.delay().p50Ms(), exchange::close);
            return;
        }
        stats.onRequest(name, reply.status, body.length);
        if (decision.holdMs() > 0) {
            ApiReply late = reply;
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

    private static void write(HttpExchange exchange, ApiReply reply) {
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

    private static ApiReply error(HttpExchange exchange, @Nullable Operation operation, ApiException e) {
        return operation == Operation.EXPORT_TRACES
                ? OtlpTraces.refuse(exchange.getRequestHeaders(), e)
                : ApiReply.error(e);
    }

    private ApiReply reply(
            HttpExchange exchange, @Nullable Operation operation, Faults.Decision decision, Exchanges.Body body)
            throws ApiException {
        long arrivalMicros = epochMicros();
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
        if (signatures != null && !isUnsignedOtlp(operation, exchange)) {
            signatures.verify(
                    exchange.getRequestMethod(),
                    Exchanges.pathAndQuery(exchange),
                    exchange.getRequestHeaders(),
                    body.bytes,
                    body.length);
        }
        Fault fault = decision.fault();
        if (fault == null) {
            return serve(exchange, operation, body, arrivalMicros, null, true);
        }
        return switch (fault.kind()) {
            case STATUS, THROTTLE_REQUESTS, THROTTLE_SEGMENTS, EXPIRED_CREDENTIALS ->
                throw new ApiException(
                        fault.error().status(),
                        fault.error().code(),
                        fault.error().message());
            case HALF_ANSWER ->
                serve(exchange, operation, body, arrivalMicros, fault, fault.isStored())
                        .half();
            case WRONG_JSON -> {
                serve(exchange, operation, body, arrivalMicros, fault, fault.isStored());
                yield ApiReply.ok(WRONG_JSON);
            }
            case HTML -> {
                serve(exchange, operation, body, arrivalMicros, fault, fault.isStored());
                yield ApiReply.of(200, "text/html", HTML);
            }
            case GATEWAY -> ApiReply.of(fault.error().status(), "text/html", HTML);
            case UNPROCESSED -> serve(exchange, operation, body, arrivalMicros, fault, true);
            case NONE, LATENCY, DROP_BEFORE, DROP_AFTER, HANG ->
                serve(exchange, operation, body, arrivalMicros, fault, fault.isStored());
        };
    }

    /** OpenTelemetry's exporters sign only when configured to: what has no signature of AWS is taken without one. */
    private static boolean isUnsignedOtlp(Operation operation, HttpExchange exchange) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        return operation == Operation.EXPORT_TRACES
                && (authorization == null || !authorization.startsWith("AWS4-HMAC-SHA256"));
    }

    private static long epochMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private ApiReply serve(
            HttpExchange exchange,
            Operation operation,
            Exchanges.Body body,
            long arrivalMicros,
            @Nullable Fault fault,
            boolean isStored)
            throws ApiException {
        return operation == Operation.EXPORT_TRACES
                ? otlp.accept(exchange.getRequestHeaders(), body.bytes, body.length, arrivalMicros, isStored)
                : ApiReply.ok(operations.serve(operation, body, arrivalMicros, fault, isStored));
    }
}
