package io.github.xrayd.load;

/** Hears how a run goes; called by the thread that called {@code run}, about four times a second. */
@FunctionalInterface
public interface LoadListener {
    /** Hears nothing. */
    LoadListener NONE = progress -> {};

    /** The run has come to {@code progress}. */
    void onProgress(LoadProgress progress);
}
