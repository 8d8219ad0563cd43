package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Reading 1 KB datagrams that wait in a real loopback socket, from one sender and from 64 that take turns; the sending
 * is not measured.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReceiveBenchmark {
    /** As many as a socket's default buffer holds. */
    private static final int DATAGRAMS = 64;

    private static final int DOCUMENT_LENGTH = 1_024;

    /** How many senders take turns. */
    @State(Scope.Benchmark)
    public static class Sources {
        @Param({"1", "64"})
        public int count;
    }

    /** A receiver with its ring behind a socket of the engine's. */
    @State(Scope.Thread)
    public static class Nio {
        private Loopback loopback;
        private Stages stages;

        @Setup
        public void setUp(Sources sources) throws IOException {
            loopback = new Loopback(bind(), sources.count, Documents.datagrams(DOCUMENT_LENGTH));
            stages = new Stages(loopback.socket(), Stages.BATCH_DOCUMENTS, false);
        }

        UdpSocket bind() throws IOException {
            return Loopback.bind(false);
        }

        @Setup(Level.Invocation)
        public void send() throws IOException {
            loopback.send(DATAGRAMS);
        }

        @TearDown(Level.Invocation)
        public void empty() {
            stages.validate();
            stages.releaseSlots();
        }

        @TearDown
        public void tearDown() throws IOException {
            loopback.close();
            stages.close();
        }
    }

    /** The same, on Java 22 and later on Linux. */
    @State(Scope.Thread)
    public static class Native extends Nio {
        @Override
        UdpSocket bind() throws IOException {
            return Loopback.bindNative();
        }
    }

    /** The same with a system call for each datagram. */
    @State(Scope.Thread)
    public static class OneByOne extends Nio {
        @Override
        UdpSocket bind() throws IOException {
            UdpSocket socket = Loopback.bindNative();
            socket.limitStaging(1);
            return socket;
        }
    }

    /** A blocking socket of java.net. */
    @State(Scope.Thread)
    public static class Classic {
        private static final int TIMEOUT_MS = 5_000;

        private final DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        private DatagramSocket socket;
        private Senders senders;

        @Setup
        public void setUp(Sources sources) throws IOException {
            socket = new DatagramSocket(Loopback.freePort());
            socket.setSoTimeout(TIMEOUT_MS);
            senders = new Senders(socket.getLocalSocketAddress(), sources.count, Documents.datagrams(DOCUMENT_LENGTH));
        }

        @Setup(Level.Invocation)
        public void send() throws IOException {
            senders.send(DATAGRAMS);
        }

        @TearDown
        public void tearDown() throws IOException {
            senders.close();
            socket.close();
        }
    }

    /** The engine by DatagramChannel.receive: an address object whenever the sender changes. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public void nio(Nio nio) {
        Loopback.receive(nio.stages, DATAGRAMS);
    }

    /** The engine by the C library's recvmmsg, where this Java can call it. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public void recvmmsg(Native recvmmsg) {
        Loopback.receive(((Nio) recvmmsg).stages, DATAGRAMS);
    }

    /** The rejected alternative: the same with one datagram for each call, which costs what recvfrom does. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public void recvmmsgOneByOne(OneByOne recvmmsg) {
        Loopback.receive(((Nio) recvmmsg).stages, DATAGRAMS);
    }

    /** The rejected alternative: DatagramSocket, and a new array for each datagram. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int datagramSocket(Classic classic) throws IOException {
        int bytes = 0;
        for (int i = 0; i < DATAGRAMS; i++) {
            classic.socket.receive(classic.packet);
            bytes += Arrays.copyOf(classic.packet.getData(), classic.packet.getLength()).length;
        }
        return bytes;
    }
}
