package io.github.xrayd.engine.run;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;

/**
 * {@link ThreadDumps.Events} by the foreign-function API: makes a JVMTI environment without any capability, so that the
 * JVM runs as before, and enables its event {@code DataDumpRequest}.
 *
 * <p>HotSpot posts it from its thread <i>Signal Dispatcher</i>, after it has printed the stacks: a Java thread, in
 * native code at that moment, which otherwise starts the threads that handle the other signals. The same is done here.
 *
 * <p>Indexes and numbers are those of {@code jni.h} and {@code jvmti.h}, which have not changed since Java 5 and 6.
 */
public final class ForeignThreadDumps implements ThreadDumps.Events {
    /** In {@code JNIInvokeInterface_}. */
    private static final int GET_ENV = 6;

    /** In {@code jvmtiInterface_1_}, which the header counts from 1. */
    private static final int SET_EVENT_NOTIFICATION_MODE = 1;

    private static final int SET_EVENT_CALLBACKS = 121;
    private static final int FUNCTIONS = SET_EVENT_CALLBACKS + 1;

    private static final int JVMTI_VERSION_1_2 = 0x3001_0200;
    private static final int JVMTI_ENABLE = 1;
    private static final int JVMTI_EVENT_DATA_DUMP_REQUEST = 71;

    /** The number of the first event, which has the first callback ({@code jvmtiEventCallbacks}). */
    private static final int JVMTI_EVENT_VM_INIT = 50;

    private static final int CALLBACKS = JVMTI_EVENT_DATA_DUMP_REQUEST - JVMTI_EVENT_VM_INIT + 1;

    private static final Linker LINKER = Linker.nativeLinker();

    @Override
    @SuppressWarnings("restricted") // The launcher enables native access, and the manifest does.
    public void listen(Runnable action) {
        Path library = Path.of(System.getProperty("java.home"), "lib", "server", System.mapLibraryName("jvm"));
        try (Arena arena = Arena.ofConfined()) {
            // Loaded already: a handle of it, which is kept.
            SymbolLookup jvm = SymbolLookup.libraryLookup(library, Arena.global());
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            MethodHandle createdJvms = LINKER.downcallHandle(
                    jvm.find("JNI_GetCreatedJavaVMs").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            check("JNI_GetCreatedJavaVMs", (int) createdJvms.invokeExact(result, 1, count));
            if (count.get(ValueLayout.JAVA_INT, 0) != 1) {
                throw new IllegalStateException("JNI_GetCreatedJavaVMs found no JVM");
            }

            MemorySegment vm = result.get(ValueLayout.ADDRESS, 0);
            MethodHandle getEnv = LINKER.downcallHandle(
                    function(vm, GET_ENV),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            check("GetEnv", (int) getEnv.invokeExact(vm, result, JVMTI_VERSION_1_2));

            MemorySegment environment = result.get(ValueLayout.ADDRESS, 0);
            MemorySegment callbacks = arena.allocate(ValueLayout.ADDRESS, CALLBACKS);
            callbacks.setAtIndex(ValueLayout.ADDRESS, CALLBACKS - 1, callback(action));
            MethodHandle setEventCallbacks = LINKER.downcallHandle(
                    function(environment, SET_EVENT_CALLBACKS),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            check("SetEventCallbacks", (int)
                    setEventCallbacks.invokeExact(environment, callbacks, (int) callbacks.byteSize()));
            MethodHandle setEventNotificationMode = LINKER.downcallHandle(
                    function(environment, SET_EVENT_NOTIFICATION_MODE),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(4));
            check("SetEventNotificationMode", (int) setEventNotificationMode.invokeExact(
                    environment, JVMTI_ENABLE, JVMTI_EVENT_DATA_DUMP_REQUEST, MemorySegment.NULL));
        } catch (RuntimeException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (Throwable e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }

    /** One function of an object whose first field is the table of its functions. */
    @SuppressWarnings("restricted")
    private static MemorySegment function(MemorySegment object, int index) {
        return object.reinterpret(ValueLayout.ADDRESS.byteSize())
                .get(ValueLayout.ADDRESS, 0)
                .reinterpret(ValueLayout.ADDRESS.byteSize() * FUNCTIONS)
                .getAtIndex(ValueLayout.ADDRESS, index);
    }

    /** A native function that calls {@link #onDump}; it stays as long as the process, because the event does. */
    @SuppressWarnings("restricted")
    private static MemorySegment callback(Runnable action) throws ReflectiveOperationException {
        MethodHandle method = MethodHandles.lookup()
                .findStatic(
                        ForeignThreadDumps.class,
                        "onDump",
                        MethodType.methodType(void.class, Runnable.class, MemorySegment.class))
                .bindTo(action);
        return LINKER.upcallStub(method, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS), Arena.global());
    }

    /** Hands over. What it throws would end the JVM. */
    @SuppressWarnings("unused") // Found by its name.
    private static void onDump(Runnable action, MemorySegment environment) {
        try {
            new Thread(action, "SIGQUIT handler").start();
        } catch (Throwable e) {
            // No thread, no report; the stacks are printed.
        }
    }

    private static void check(String function, int result) {
        if (result != 0) {
            throw new IllegalStateException(function + " failed with error number " + result);
        }
    }
}
