package io.github.xrayd.engine.batch;

/** Takes a batch's memory back when its last document is settled, on the uploader's thread. */
@FunctionalInterface
interface BatchOwner {
    void release(Batch batch);
}
