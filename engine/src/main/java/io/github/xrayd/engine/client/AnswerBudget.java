package io.github.xrayd.engine.client;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes of all answers of one {@link AnswerReader} that are being read or passed on. Thread-safe. */
final class AnswerBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    AnswerBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Room for one answer; given back exactly once, whoever closes it how often. */
    final class Room implements AutoCloseable {
        private final AtomicLong bytes = new AtomicLong();

        /**
         * Takes more.
         *
         * @throws NoRoomException when there is no more; what was taken stays taken
         */
        void take(int count) throws NoRoomException {
            if (taken.addAndGet(count) > bytesMax) {
                taken.addAndGet(-count);
                throw new NoRoomException("the answers being read hold more than " + bytesMax + " bytes together");
            }
            bytes.addAndGet(count);
        }

        @Override
        public void close() {
            taken.addAndGet(-bytes.getAndSet(0));
        }
    }

    Room room() {
        return new Room();
    }

    /** Bytes held now. */
    long taken() {
        return taken.get();
    }
}
