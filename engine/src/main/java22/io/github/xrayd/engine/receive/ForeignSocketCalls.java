package io.github.xrayd.engine.receive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@link SocketCalls} by the foreign-function API.
 *
 * <p>Every argument is passed as a 64-bit integer: the System V and AArch64 conventions put pointers and integers into
 * the same registers and callees ignore the upper half of an {@code int}. So all functions have one shape, whose stub
 * is made once. Allocates nothing per call.
 */
public final class ForeignSocketCalls implements SocketCalls {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EAGAIN = 11;
    private static final int EINTR = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MethodHandle RECVMMSG = handle("recvmmsg");
    private static final MethodHandle SETSOCKOPT = handle("setsockopt");
    private static final MethodHandle CONNECT = handle("connect");

    /** Where the error number of the last call lies; {@code errno} is its only field. */
    private final MemorySegment state = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());

    @SuppressWarnings("restricted") // The launcher enables native access, and the manifest does.
    private static MethodHandle handle(String function) {
        FunctionDescriptor shape = FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG);
        return LINKER.downcallHandle(LINKER.defaultLookup().find(function).orElseThrow(), shape, ERRNO);
    }

    @Override
    public int receive(int descriptor, long headersAddress, int count) throws IOException {
        int received;
        try {
            received = (int) RECVMMSG.invokeExact(
                    state, (long) descriptor, headersAddress, (long) count, (long) MSG_DONTWAIT, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (received >= 0) {
            return received;
        }
        int error = state.get(ValueLayout.JAVA_INT, 0);
        if (error == EAGAIN || error == EINTR) {
            return 0;
        }
        throw new IOException("recvmmsg failed with error number " + error);
    }

    @Override
    public boolean setOption(int descriptor, int level, int option, long valueAddress) {
        try {
            return (int) SETSOCKOPT.invokeExact(
                            state, (long) descriptor, (long) level, (long) option, valueAddress, (long) Integer.BYTES)
                    == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean connect(int descriptor, long peerAddress, int length) {
        try {
            return (int) CONNECT.invokeExact(state, (long) descriptor, peerAddress, (long) length, 0L, 0L) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
