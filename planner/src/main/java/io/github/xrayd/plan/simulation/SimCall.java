package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.export.Answer;

/** A simulated call: what the uploader started, and how it will end. */
final class SimCall {
    /** What the uploader knows it by. */
    final Object token;

    final int documents;
    long endNs;
    /** When the service has the documents. */
    long arrivedNs;

    Answer answer = Answer.delivered();

    SimCall(Object token, int documents) {
        this.token = token;
        this.documents = documents;
    }
}
