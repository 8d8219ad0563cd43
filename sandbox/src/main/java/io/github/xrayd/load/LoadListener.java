package io.github.xrayd.load;

/** Receives how a run goes; called by the thread that called {@code run}, about four times a second. */
@FunctionalInterface
public interface LoadListener {
    /** Ignores everything. */
    LoadListener NONE = progress -> {};

    /** The run has come to {@code progress}. */
    void onProgress(LoadProgress progress);
}
