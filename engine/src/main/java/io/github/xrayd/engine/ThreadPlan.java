package io.github.xrayd.engine;

/**
 * Which stages have a thread of their own.
 *
 * @param isReceiverAlone whether each receiver has one, apart from validator and batcher
 * @param isUploaderAlone whether the uploader has one, apart from the first pipeline's batcher
 * @param isSpinEverywhere whether threads without a socket may spin too
 */
record ThreadPlan(boolean isReceiverAlone, boolean isUploaderAlone, boolean isSpinEverywhere) {
    /**
     * Decides.
     *
     * @param threadsMax threads for one receiver's data path, 1 to 3, or 0 to choose by the cores
     * @param receivers pipelines
     * @param cores cores of this machine
     */
    static ThreadPlan of(int threadsMax, int receivers, int cores) {
        int each = threadsMax > 0 ? threadsMax : Math.max(1, Math.min(3, (cores - 1) / receivers));
        return new ThreadPlan(each >= 2, each >= 3 || receivers > 1, cores >= 3 * receivers + 2);
    }
}
