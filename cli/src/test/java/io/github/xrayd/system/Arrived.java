package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.ArrivalListener;
import io.github.xrayd.sandbox.Sandbox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps every document that a sandbox accepts. Thread-safe. */
final class Arrived implements ArrivalListener {
    private static final int SHOWN_CHARS_MAX = 300;

    private final List<String> documents = new ArrayList<>();

    static Arrived at(Sandbox sandbox) {
        Arrived arrived = new Arrived();
        sandbox.arrivals().addListener(arrived);
        return arrived;
    }

    @Override
    public void onDocument(String document, long arrivalMicros) {
        synchronized (documents) {
            documents.add(document);
        }
    }

    int count() {
        synchronized (documents) {
            return documents.size();
        }
    }

    /** In the order of their arrival. */
    List<String> documents() {
        synchronized (documents) {
            return List.copyOf(documents);
        }
    }

    /**
     * Waits for all documents that were sent, and asserts that they are the same, byte for byte, each as often as it was sent; or more often
     * when the daemon says that a call failed: on a busy machine one may time out whose documents arrive.
     */
    void assertSame(Collection<String> sent, DaemonProcess daemon) {
        boolean isComplete = Await.isReached(
                Await.LONG, () -> count() >= sent.size() && new HashSet<>(documents()).containsAll(sent));
        boolean isResent = daemon.lines().stream().anyMatch(line -> line.contains("Sending segment batch failed"));
        Set<String> known = new HashSet<>(sent);
        Map<String, Integer> difference = new HashMap<>();
        sent.forEach(document -> difference.merge(document, -1, Integer::sum));
        documents().forEach(document -> difference.merge(document, 1, Integer::sum));
        difference.forEach((document, count) -> {
            if (count != 0 && !(count > 0 && isResent && known.contains(document))) {
                fail((count < 0 ? "did not arrive: " : "arrived, and was not sent: ") + shown(document) + ", " + count()
                        + " of " + sent.size() + " arrived" + daemon.output());
            }
        });
        assertEquals(true, isComplete);
    }

    private static String shown(String document) {
        String start = document.substring(0, Math.min(document.length(), SHOWN_CHARS_MAX));
        byte[] bytes = start.getBytes(StandardCharsets.UTF_8);
        return document.length() + " characters, " + start + " " + Arrays.toString(Arrays.copyOf(bytes, 40));
    }
}
