package io.github.xrayd.plan.model;

import io.github.xrayd.plan.simulation.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What work costs on some machine. The default stands in {@code profile.yaml} beside this class; {@code xray plan
 * --calibrate} measures another.
 *
 * @param name which machine
 * @param dataPath processor time from the socket to the sealed batch
 * @param call processor time of an upload call
 * @param overhead what the JVM adds, a part of all of these
 * @param resident memory
 * @param packet the kernel's charge for a packet
 * @param fleet processor time of Kafka's clients and of OTLP
 * @param errors by which part predictions may be wrong
 */
public record CostProfile(
        String name,
        DataPath dataPath,
        Call call,
        double overhead,
        Resident resident,
        Packet packet,
        Fleet fleet,
        Errors errors) {

    /**
     * Processor time of the data path.
     *
     * @param datagramNs for a datagram, without its bytes
     * @param datagramByteNs for each byte of a datagram
     * @param wakeUpNs for a wake-up
     */
    public record DataPath(double datagramNs, double datagramByteNs, double wakeUpNs) {}

    /**
     * Processor time of an upload call.
     *
     * @param callNs without its bytes
     * @param callColdNs more when the one before is long ago: the processor's caches have gone cold
     * @param callFailedNs more for a call that fails: to read why
     * @param callByteNs for each byte of its body
     */
    public record Call(double callNs, double callColdNs, double callFailedNs, double callByteNs) {}

    /**
     * Resident memory.
     *
     * @param idleBytes of an idle daemon
     * @param busyBytes what work adds to it beside what is held
     * @param failureBytes what failed calls add: classes that understand them, and the work of compiling them
     */
    public record Resident(double idleBytes, double busyBytes, double failureBytes) {
        /** What the JVM takes at most, in bytes. */
        public double jvmBytes() {
            return idleBytes + busyBytes + failureBytes;
        }
    }

    /**
     * The kernel's charge for a packet.
     *
     * @param packetBytes its structure
     * @param packetSharedBytes the part of a packet's memory that is neither payload nor header
     * @param packetHeaderBytes room for headers in a packet's memory
     */
    public record Packet(double packetBytes, double packetSharedBytes, double packetHeaderBytes) {}

    /**
     * Processor time for a document of what a fleet on Kafka has beside data path and calls to X-Ray. A document's
     * bytes are its own, without the header line of a datagram.
     *
     * @param produceNs of a collector, to send it to a topic, without its bytes: key, headers, the request's part
     * @param produceByteNs the same for each byte: compression, copying
     * @param consumeNs of an uploader, to take it from a topic and commit, without its bytes
     * @param consumeByteNs the same for each byte
     * @param otlpNs more than by a call to X-Ray, to convert it to spans and post these, without its bytes
     * @param otlpByteNs the same for each byte
     */
    public record Fleet(
            double produceNs,
            double produceByteNs,
            double consumeNs,
            double consumeByteNs,
            double otlpNs,
            double otlpByteNs) {
        /** Processor seconds of a collector for a document of so many bytes. */
        public double produceSeconds(double bytes) {
            return (produceNs + produceByteNs * bytes) * 1e-9;
        }

        /** Processor seconds of an uploader for a document of so many bytes. */
        public double consumeSeconds(double bytes) {
            return (consumeNs + consumeByteNs * bytes) * 1e-9;
        }

        /** Processor seconds more for a document of so many bytes that goes to OTLP instead of X-Ray. */
        public double otlpSeconds(double bytes) {
            return (otlpNs + otlpByteNs * bytes) * 1e-9;
        }
    }

    /**
     * By which part a prediction may be wrong.
     *
     * @param cpuError of processor time
     * @param memoryError of memory
     * @param backlogError of the backlog
     * @param lossError of loss, by a part of what was sent
     * @param latencyError of latency
     */
    public record Errors(
            double cpuError, double memoryError, double backlogError, double lossError, double latencyError) {}

    /** The profile that holds without calibration. */
    public static CostProfile standard() {
        try (InputStream in = CostProfile.class.getResourceAsStream("profile.yaml")) {
            if (in == null) {
                throw new IllegalStateException("the jar has no profile.yaml");
            }
            return CostProfileText.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "profile.yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Another machine's costs, with what a calibration does not measure: errors, packets and the memory that work adds.
     */
    public CostProfile withCosts(String name, DataPath dataPath, Call call, double overhead, double idleBytes) {
        Resident measured = new Resident(idleBytes, resident.busyBytes, resident.failureBytes);
        return new CostProfile(name, dataPath, call, overhead, measured, packet, fleet, errors);
    }

    /** The same machine's, with what a calibration with brokers has measured. */
    public CostProfile withFleet(Fleet measured) {
        return new CostProfile(name, dataPath, call, overhead, resident, packet, measured, errors);
    }

    /**
     * What the kernel charges a socket's buffer for a datagram: its true size, not its payload.
     *
     * @param payloadBytes of the datagram
     */
    public double trueSize(double payloadBytes) {
        double needed = payloadBytes + packet.packetHeaderBytes + packet.packetSharedBytes;
        double power = 256;
        while (power < needed) {
            power *= 2;
        }
        return power + packet.packetBytes;
    }

    /** Processor seconds of the data path for a datagram, the JVM's part included. */
    public double datagramSeconds(double bytes) {
        return (dataPath.datagramNs + dataPath.datagramByteNs * bytes) * (1 + overhead) * 1e-9;
    }

    /** Processor seconds that a failed call takes beside, the JVM's part included. */
    public double callFailedSeconds() {
        return call.callFailedNs * (1 + overhead) * 1e-9;
    }

    /**
     * Processor seconds of a call, the JVM's part included.
     *
     * @param bodyBytes of it
     * @param callsPerSecond of the daemon; infinite when calls follow each other at once
     */
    public double callSeconds(double bodyBytes, double callsPerSecond) {
        double coldNs = call.callColdNs * Scenario.Work.coldness(1 / callsPerSecond);
        return (call.callNs + coldNs + call.callByteNs * bodyBytes) * (1 + overhead) * 1e-9;
    }
}
