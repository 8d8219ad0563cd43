package io.github.xrayd.engine.report;

import io.github.xrayd.engine.upload.UploadListener;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Every event is polled once, whole: now or later. */
@JCStressTest
@Outcome(
        id = {"0, 2", "1, 2", "2, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "some now, the rest later")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, doubled or torn")
@State
public class EventLogStress {
    private static final int TORN = 100;

    private final EventLog log = new EventLog(() -> {});
    private final UploadListener uploads = log.of("xray");

    private int poll() {
        int[] count = new int[1];
        log.poll(event -> {
            boolean isWhole = event instanceof EventLog.Event.Sent sent
                    && sent.documents() == 1
                    && sent.unprocessed() == 2
                    && sent.latencyNs() == 3;
            count[0] += isWhole ? 1 : TORN;
        });
        return count[0];
    }

    @Actor
    public void uploader() {
        uploads.onSent(1, 2, 3);
        uploads.onSent(1, 2, 3);
    }

    @Actor
    public void reporter(II_Result result) {
        result.r1 = poll();
    }

    @Arbiter
    public void rest(II_Result result) {
        result.r2 = result.r1 + poll() + (int) log.takeLost() * TORN;
    }
}
