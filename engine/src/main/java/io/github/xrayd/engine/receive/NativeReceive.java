package io.github.xrayd.engine.receive;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

/**
 * The C library's {@code recvfrom}, called through the foreign-function API of Java 22 and later.
 *
 * <p>These classes are compiled for Java 17, which has no such API, so it is found by reflection once, at start; the calls themselves
 * go through a constant method handle and cost what a direct call costs. Pointers are passed as 64-bit integers, which the System V
 * and AArch64 calling conventions treat alike. Linux only: elsewhere, on older Java, or without {@code
 * --enable-native-access}, it is not available and the reason is kept for the log.
 */
final class NativeReceive {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EAGAIN = 11;
    private static final int EINTR = 4;

    private static final NativeReceive UNAVAILABLE = new NativeReceive("not asked for");

    /** Holds the handles, in constants so that the compiler can see through them; initialized on first use. */
    private static final class Holder {
        static final NativeReceive INSTANCE;
        static final MethodHandle RECVFROM;
        static final MethodHandle ERRNO;

        static {
            MethodHandle recvfrom = MethodHandles.empty(MethodType.methodType(
                    long.class, int.class, long.class, long.class, int.class, long.class, long.class));
            MethodHandle errno = MethodHandles.empty(MethodType.methodType(int.class));
            NativeReceive instance;
            try {
                Linkage linkage = Linkage.link();
                recvfrom = linkage.recvfrom;
                errno = linkage.errno;
                instance = new NativeReceive("");
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                Throwable reason = e.getCause() == null ? e : e.getCause();
                instance = new NativeReceive(reason.toString());
            }
            RECVFROM = recvfrom;
            ERRNO = errno;
            INSTANCE = instance;
        }
    }

    private final String reason;

    private NativeReceive(String reason) {
        this.reason = reason;
    }

    static NativeReceive instance() {
        // Asked here, because the handles cost milliseconds of a start also where they cannot be used.
        String reason = whyNever();
        return reason.isEmpty() ? Holder.INSTANCE : new NativeReceive(reason);
    }

    private static String whyNever() {
        String system = System.getProperty("os.name", "");
        if (!system.equals("Linux")) {
            return "only on Linux, this is " + system;
        }
        int feature = Runtime.version().feature();
        return feature < 22 ? "needs Java 22 or later, this is " + feature : "";
    }

    static NativeReceive unavailable() {
        return UNAVAILABLE;
    }

    boolean isAvailable() {
        return reason.isEmpty();
    }

    /** Why it is not available, or an empty string. */
    String reason() {
        return reason;
    }

    /** The channel's file descriptor, or -1 when this Java keeps it to itself. */
    int descriptor(DatagramChannel channel) {
        try {
            Method method = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
            return (int) method.invoke(channel);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return -1;
        }
    }

    /**
     * Reads one datagram without waiting.
     *
     * @return its length, or {@link DatagramSource#NOTHING}
     * @throws IOException with the error number, when the socket cannot be read
     */
    int receive(int descriptor, long address, int capacity) throws IOException {
        return receive(descriptor, address, capacity, 0, 0);
    }

    /**
     * Reads one datagram without waiting, and its sender's address.
     *
     * @param sender where the sender's address is written (a {@code sockaddr}), or 0 for nowhere
     * @param senderLength where its length is written, and what is there before says how much room there is; or 0
     */
    int receive(int descriptor, long address, int capacity, long sender, long senderLength) throws IOException {
        try {
            long length = (long) Holder.RECVFROM.invokeExact(
                    descriptor, address, (long) capacity, MSG_DONTWAIT, sender, senderLength);
            if (length >= 0) {
                return (int) length;
            }
            int errno = (int) Holder.ERRNO.invokeExact();
            if (errno == EAGAIN || errno == EINTR) {
                return DatagramSource.NOTHING;
            }
            throw new IOException("recvfrom failed with error number " + errno);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The reflective part: {@code Linker.nativeLinker().downcallHandle(…)} with the error number captured. */
    private record Linkage(MethodHandle recvfrom, MethodHandle errno) {
        static Linkage link() throws ReflectiveOperationException {
            Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
            Class<?> optionType = Class.forName("java.lang.foreign.Linker$Option");
            Class<?> segmentType = Class.forName("java.lang.foreign.MemorySegment");
            Class<?> layoutType = Class.forName("java.lang.foreign.MemoryLayout");
            Class<?> structType = Class.forName("java.lang.foreign.StructLayout");
            Class<?> descriptorType = Class.forName("java.lang.foreign.FunctionDescriptor");
            Class<?> valueType = Class.forName("java.lang.foreign.ValueLayout");
            Class<?> arenaType = Class.forName("java.lang.foreign.Arena");
            Class<?> lookupType = Class.forName("java.lang.foreign.SymbolLookup");

            Object javaInt = valueType.getField("JAVA_INT").get(null);
            Object javaLong = valueType.getField("JAVA_LONG").get(null);
            Object arguments = java.lang.reflect.Array.newInstance(layoutType, 6);
            Object[] layouts = {javaInt, javaLong, javaLong, javaInt, javaLong, javaLong};
            System.arraycopy(layouts, 0, arguments, 0, layouts.length);
            Object descriptor = descriptorType
                    .getMethod("of", layoutType, arguments.getClass())
                    .invoke(null, javaLong, arguments);

            Object linker = linkerType.getMethod("nativeLinker").invoke(null);
            Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
            Optional<?> symbol =
                    (Optional<?>) lookupType.getMethod("find", String.class).invoke(lookup, "recvfrom");

            Object options = java.lang.reflect.Array.newInstance(optionType, 1);
            Object capture = optionType
                    .getMethod("captureCallState", String[].class)
                    .invoke(null, (Object) new String[] {"errno"});
            java.lang.reflect.Array.set(options, 0, capture);
            MethodHandle handle = (MethodHandle) linkerType
                    .getMethod("downcallHandle", segmentType, descriptorType, options.getClass())
                    .invoke(linker, symbol.orElseThrow(), descriptor, options);

            // One captured error number per thread would cost a lookup per call; receivers share it, since two threads
            // that
            // both see -1 see EAGAIN, and any other error is only reported.
            Object arena = arenaType.getMethod("global").invoke(null);
            Object stateLayout = optionType.getMethod("captureStateLayout").invoke(null);
            Object state = Class.forName("java.lang.foreign.SegmentAllocator")
                    .getMethod("allocate", layoutType)
                    .invoke(arena, stateLayout);
            if (!structType.isInstance(stateLayout)) {
                throw new IllegalStateException("unexpected layout " + stateLayout);
            }
            MethodHandle bound = MethodHandles.insertArguments(handle, 0, state);
            MethodHandle getInt = MethodHandles.publicLookup()
                    .findVirtual(
                            segmentType,
                            "get",
                            MethodType.methodType(
                                    int.class, Class.forName("java.lang.foreign.ValueLayout$OfInt"), long.class));
            MethodHandle errno = MethodHandles.insertArguments(getInt, 0, state, javaInt, 0L);
            return new Linkage(bound, errno);
        }
    }
}
