package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.BatchStress;
import io.github.xrayd.engine.call.CallThreads;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.DocumentBatch;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.upload.Calls;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Whoever was woken by a call that ended finds its result, whole, once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "found")
@Outcome(expect = Expect.FORBIDDEN, desc = "woken for nothing, doubled or torn")
@State
public class CallThreadsStress {
    private static final AtomicInteger WOKEN = new AtomicInteger();
    private static final CallThreads CALLS = calls();

    private static CallThreads calls() {
        CallThreads calls = new CallThreads("xray", 1, WOKEN::incrementAndGet);
        calls.ready(new Exporter() {
            @Override
            public Answer export(DocumentBatch body) {
                return new Answer(AnswerKind.THROTTLED, null, body.length(), null, "answer", 0, java.util.List.of());
            }

            @Override
            public void close() {}
        });
        WOKEN.set(0);
        return calls;
    }

    @Actor
    public void uploader(I_Result result) {
        int before = WOKEN.get();
        Object token = new Object();
        CALLS.start(token, BatchStress.batch(), BatchStress.batch().unsettled());
        while (WOKEN.get() == before) {
            Thread.onSpinWait();
        }
        Calls.Completion completion = CALLS.poll();
        boolean isWhole = completion != null
                && completion.token() == token
                && completion.answer().statusCode() == BatchStress.batch().length()
                && completion.answer().message().equals("answer")
                && CALLS.poll() == null;
        result.r1 = isWhole ? 1 : 2;
    }
}
