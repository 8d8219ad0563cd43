package io.github.xrayd.engine;

import io.github.xrayd.engine.upload.Uploader;
import java.util.List;

/** The uploader's duty: done when every pipeline has handed over all it had and every batch is settled. */
final class UploaderDuty implements Duty {
    private final Uploader uploader;
    private final List<Pipeline> pipelines;
    private final Shutdown shutdown;
    private volatile boolean isDone;

    UploaderDuty(Uploader uploader, List<Pipeline> pipelines, Shutdown shutdown) {
        this.uploader = uploader;
        this.pipelines = List.copyOf(pipelines);
        this.shutdown = shutdown;
    }

    @Override
    public int doWork() {
        boolean isLast = isInputDone();
        int work = uploader.doWork();
        if (shutdown.isAbandoning()) {
            uploader.abandonAll();
        }
        if (isLast && uploader.isIdle()) {
            isDone = true;
        }
        return work;
    }

    private boolean isInputDone() {
        for (int i = 0; i < pipelines.size(); i++) {
            if (!pipelines.get(i).isBatcherDone()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long deadlineNs() {
        return uploader.deadlineNs();
    }

    @Override
    public boolean isDone() {
        return isDone;
    }
}
