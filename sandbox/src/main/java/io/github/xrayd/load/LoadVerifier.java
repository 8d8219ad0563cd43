package io.github.xrayd.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Asks a sandbox endpoint what became of one run: announces the run before it starts, and afterwards waits until all of
 * it has arrived or nothing more comes. One thread.
 */
public final class LoadVerifier {
    /** How long nothing may arrive before the rest counts as lost: above a batch's age and a few retries. */
    public static final Duration SETTLE_DEFAULT = Duration.ofSeconds(5);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ANSWER_LENGTH_MAX = 16 << 20;

    private final URI run;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /**
     * @param endpoint the sandbox, such as {@code http://127.0.0.1:3000}
     * @param runIdHex the run's id as 8 hexadecimal digits
     * @throws IllegalArgumentException when {@code endpoint} is not an http address
     */
    public LoadVerifier(URI endpoint, String runIdHex) {
        String scheme = String.valueOf(endpoint.getScheme());
        boolean isHttp = scheme.equals("http") || scheme.equals("https");
        if (!isHttp || endpoint.getHost() == null) {
            throw new IllegalArgumentException(
                    "the endpoint " + endpoint + " is not an address: give one such as http://127.0.0.1:3000");
        }
        String base = endpoint.toString().replaceAll("/+$", "");
        this.run = URI.create(base + "/sandbox/runs/" + runIdHex);
    }

    /**
     * Announces the run, so that the endpoint counts its documents.
     *
     * @param capacity how many documents may come
     * @throws LoadException when the endpoint cannot be reached or refuses
     */
    public void announce(long capacity) throws LoadException, InterruptedException {
        URI uri = URI.create(run + "?capacity=" + capacity);
        exchange(HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.noBody()));
    }

    /**
     * Waits until all that {@code report} says was sent has arrived, or until {@code settle} has passed without a new
     * one.
     *
     * @param onArrived receives the number of different documents that have arrived, at each poll
     * @throws LoadException when the endpoint cannot be reached or its answer cannot be read
     */
    public VerifyReport await(LoadReport report, Duration settle, LongConsumer onArrived)
            throws LoadException, InterruptedException {
        long arrivedBefore = -1;
        long lastProgressNanoTime = System.nanoTime();
        while (true) {
            RunStatus status = status();
            long now = System.nanoTime();
            onArrived.accept(status.distinct());
            if (status.arrived() != arrivedBefore) {
                arrivedBefore = status.arrived();
                lastProgressNanoTime = now;
            }
            if (status.distinct() >= report.sent() || now - lastProgressNanoTime >= settle.toNanos()) {
                return VerifyReport.of(report, status);
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /**
     * Lets the endpoint forget the run, which otherwise takes one of the places it has for runs.
     *
     * @throws LoadException when the endpoint cannot be reached
     */
    public void forget() throws LoadException, InterruptedException {
        exchange(HttpRequest.newBuilder(run).DELETE());
    }

    private RunStatus status() throws LoadException, InterruptedException {
        byte[] answer = exchange(HttpRequest.newBuilder(run).GET());
        try {
            return RunStatus.parse(answer);
        } catch (IOException e) {
            throw new LoadException(
                    "could not read the answer of " + run + ": " + e.getMessage() + ": is it an xray sandbox?", e);
        }
    }

    private byte[] exchange(HttpRequest.Builder builder) throws LoadException, InterruptedException {
        HttpRequest request = builder.timeout(REQUEST_TIMEOUT).build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] answer = body.readNBytes(ANSWER_LENGTH_MAX);
                if (response.statusCode() / 100 != 2) {
                    String text = new String(answer, 0, Math.min(answer.length, 200), StandardCharsets.UTF_8);
                    throw new LoadException(
                            request.method() + " " + request.uri() + " was answered with " + response.statusCode()
                                    + (text.isBlank() ? ": is it an xray sandbox?" : ": " + text.strip()));
                }
                return answer;
            }
        } catch (IOException e) {
            throw new LoadException(
                    "could not reach " + request.uri() + " to verify the run: " + e
                            + ": start the sandbox first, or leave out verification",
                    e);
        }
    }
}
