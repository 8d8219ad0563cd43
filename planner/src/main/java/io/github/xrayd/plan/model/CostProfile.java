package io.github.xrayd.plan.model;

import io.github.xrayd.plan.simulation.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What work costs on some machine. The default stands in {@code profile.yaml} beside this class; {@code xray plan --calibrate} measures another.
 *
 * @param name which machine
 * @param datagramNs processor time of the data path for a datagram, without its bytes
 * @param datagramByteNs for each byte of a datagram
 * @param wakeUpNs for a wake-up of the data path
 * @param callNs for an upload call, without its bytes
 * @param callColdNs more for a call when the one before is long ago: the processor's caches have gone cold
 * @param callFailedNs more for a call that fails: to read why
 * @param callByteNs for each byte of its body
 * @param overhead what the JVM adds, a part of all of these
 * @param idleBytes resident memory of an idle daemon
 * @param busyBytes what work adds to it beside what is held
 * @param failureBytes what failed calls add: classes that understand them, and the work of compiling them
 * @param packetBytes the kernel's structure for a packet
 * @param packetSharedBytes the part of a packet's memory that is neither payload nor header
 * @param packetHeaderBytes room for headers in a packet's memory
 * @param cpuError by which part a prediction of processor time may be wrong
 * @param memoryError by which part one of memory
 * @param backlogError by which part one of the backlog
 * @param lossError by which part of what was sent one of loss
 * @param latencyError by which part one of latency
 */
public record CostProfile(
        String name,
        double datagramNs,
        double datagramByteNs,
        double wakeUpNs,
        double callNs,
        double callColdNs,
        double callFailedNs,
        double callByteNs,
        double overhead,
        double idleBytes,
        double busyBytes,
        double failureBytes,
        double packetBytes,
        double packetSharedBytes,
        double packetHeaderBytes,
        double cpuError,
        double memoryError,
        double backlogError,
        double lossError,
        double latencyError) {

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

    /** The same with other errors and memory figures of another profile: what a calibration does not measure. */
    public CostProfile withCosts(
            String otherName,
            double newDatagramNs,
            double newDatagramByteNs,
            double newWakeUpNs,
            double newCallNs,
            double newCallColdNs,
            double newCallByteNs,
            double newOverhead,
            double newIdleBytes) {
        return new CostProfile(
                otherName,
                newDatagramNs,
                newDatagramByteNs,
                newWakeUpNs,
                newCallNs,
                newCallColdNs,
                callFailedNs,
                newCallByteNs,
                newOverhead,
                newIdleBytes,
                busyBytes,
                failureBytes,
                packetBytes,
                packetSharedBytes,
                packetHeaderBytes,
                cpuError,
                memoryError,
                backlogError,
                lossError,
                latencyError);
    }

    /**
     * What the kernel charges a socket's buffer for a datagram: its true size, not its payload.
     *
     * @param payloadBytes of the datagram
     */
    public double trueSize(double payloadBytes) {
        double needed = payloadBytes + packetHeaderBytes + packetSharedBytes;
        double power = 256;
        while (power < needed) {
            power *= 2;
        }
        return power + packetBytes;
    }

    /** Processor seconds of the data path for a datagram, the JVM's part included. */
    public double datagramSeconds(double bytes) {
        return (datagramNs + datagramByteNs * bytes) * (1 + overhead) * 1e-9;
    }

    /** Processor seconds that a failed call takes beside, the JVM's part included. */
    public double callFailedSeconds() {
        return callFailedNs * (1 + overhead) * 1e-9;
    }

    /**
     * Processor seconds of a call, the JVM's part included.
     *
     * @param bodyBytes of it
     * @param callsPerSecond of the daemon; infinite when calls follow each other at once
     */
    public double callSeconds(double bodyBytes, double callsPerSecond) {
        return (callNs + callColdNs * Scenario.Work.coldness(1 / callsPerSecond) + callByteNs * bodyBytes)
                * (1 + overhead)
                * 1e-9;
    }
}
