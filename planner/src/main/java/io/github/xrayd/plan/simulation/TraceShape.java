package io.github.xrayd.plan.simulation;

import java.util.List;

/** How a recorded trace swings around its mean. Immutable. */
public final class TraceShape {
    private final long[] startNs;
    private final double[] level;
    private final long spanNs;

    /**
     * A shape.
     *
     * @param points seconds and segments from there to the next point, in growing order, two at least
     */
    public TraceShape(List<double[]> points) {
        int count = points.size();
        startNs = new long[count];
        level = new double[count];
        double first = points.get(0)[0];
        double lastLength = points.get(count - 1)[0] - points.get(count - 2)[0];
        double span = points.get(count - 1)[0] - first + lastLength;
        double mean = points.stream().mapToDouble(point -> point[1]).sum() / span;
        for (int i = 0; i < count; i++) {
            startNs[i] = (long) ((points.get(i)[0] - first) * 1e9);
            double length = i + 1 < count ? points.get(i + 1)[0] - points.get(i)[0] : lastLength;
            level[i] = points.get(i)[1] / length / mean;
        }
        spanNs = (long) (span * 1e9);
    }

    Cursor cursor() {
        return new Cursor();
    }

    /** A place that moves forward only, round and round. */
    final class Cursor {
        private int index;
        private long lap;

        double levelAt(long timeNs) {
            while (timeNs - lap * spanNs >= spanNs) {
                lap++;
                index = 0;
            }
            while (index + 1 < startNs.length && startNs[index + 1] <= timeNs - lap * spanNs) {
                index++;
            }
            return level[index];
        }
    }
}
