package io.github.xrayd.report;

import java.util.List;

/**
 * What the daemon's processor time is made of: so much for each datagram, each byte of it, each request, and each
 * second awake.
 *
 * <p>Fitted by least squares of the relative errors, so that a small load counts as much as a large one; no cost may be
 * negative. Pure.
 *
 * @param perDatagram seconds of processor time for each datagram
 * @param perByte for each byte of a datagram, its header included
 * @param perRequest for each request to the backend
 * @param perSecond for each second in which there is traffic
 */
record CostModel(double perDatagram, double perByte, double perRequest, double perSecond) {
    private static final int COSTS = 4;

    /**
     * A load that was measured.
     *
     * @param seconds how long it lasted
     * @param cpuSeconds processor time of the daemon
     */
    record Load(String name, double datagrams, double bytes, double requests, double seconds, double cpuSeconds) {
        private double amount(int cost) {
            return switch (cost) {
                case 0 -> datagrams;
                case 1 -> bytes;
                case 2 -> requests;
                default -> seconds;
            };
        }
    }

    /**
     * The model that fits best.
     *
     * @throws IllegalArgumentException when there are fewer loads than costs
     */
    static CostModel fit(List<Load> loads) {
        if (loads.size() < COSTS) {
            throw new IllegalArgumentException("a model of " + COSTS + " costs cannot be fitted to " + loads.size());
        }
        CostModel best = new CostModel(0, 0, 0, 0);
        double least = Double.POSITIVE_INFINITY;
        // Each choice of costs that are not zero: with four there are fifteen, and the best without a negative one is
        // the answer.
        for (int chosen = 1; chosen < 1 << COSTS; chosen++) {
            double[] costs = solve(loads, chosen);
            CostModel model = new CostModel(costs[0], costs[1], costs[2], costs[3]);
            double error = model.squaredError(loads);
            if (isPossible(costs) && error < least) {
                least = error;
                best = model;
            }
        }
        return best;
    }

    private static boolean isPossible(double[] costs) {
        for (double cost : costs) {
            if (!(cost >= 0) || Double.isInfinite(cost)) {
                return false;
            }
        }
        return true;
    }

    private double squaredError(List<Load> loads) {
        double sum = 0;
        for (Load load : loads) {
            double error = cpuSeconds(load) / load.cpuSeconds() - 1;
            sum += error * error;
        }
        return sum;
    }

    /** Normal equations of the chosen costs, by Gauss with the largest pivot; the others stay zero. */
    private static double[] solve(List<Load> loads, int chosen) {
        int[] index = new int[Integer.bitCount(chosen)];
        for (int cost = 0, next = 0; cost < COSTS; cost++) {
            if ((chosen & 1 << cost) != 0) {
                index[next++] = cost;
            }
        }
        int size = index.length;
        double[][] matrix = new double[size][size + 1];
        for (Load load : loads) {
            for (int row = 0; row < size; row++) {
                double weighted = load.amount(index[row]) / load.cpuSeconds();
                for (int column = 0; column < size; column++) {
                    matrix[row][column] += weighted * load.amount(index[column]) / load.cpuSeconds();
                }
                matrix[row][size] += weighted;
            }
        }
        scale(matrix);
        double[] costs = new double[COSTS];
        double[] solution = eliminate(matrix);
        double[] scales = scalesOf(loads, index);
        for (int i = 0; i < size; i++) {
            costs[index[i]] = solution[i] * scales[i];
        }
        return costs;
    }

    /** Makes the diagonal 1, since bytes and seconds differ by nine orders of magnitude. */
    private static void scale(double[][] matrix) {
        int size = matrix.length;
        double[] root = new double[size];
        for (int i = 0; i < size; i++) {
            root[i] = Math.sqrt(matrix[i][i]);
        }
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                matrix[row][column] /= root[row] * root[column];
            }
            matrix[row][size] /= root[row];
        }
    }

    private static double[] scalesOf(List<Load> loads, int[] index) {
        double[] scales = new double[index.length];
        for (int i = 0; i < index.length; i++) {
            double sum = 0;
            for (Load load : loads) {
                double weighted = load.amount(index[i]) / load.cpuSeconds();
                sum += weighted * weighted;
            }
            scales[i] = 1 / Math.sqrt(sum);
        }
        return scales;
    }

    private static double[] eliminate(double[][] matrix) {
        int size = matrix.length;
        for (int pivot = 0; pivot < size; pivot++) {
            int largest = pivot;
            for (int row = pivot + 1; row < size; row++) {
                if (Math.abs(matrix[row][pivot]) > Math.abs(matrix[largest][pivot])) {
                    largest = row;
                }
            }
            double[] swapped = matrix[pivot];
            matrix[pivot] = matrix[largest];
            matrix[largest] = swapped;
            for (int row = pivot + 1; row < size; row++) {
                double factor = matrix[row][pivot] / matrix[pivot][pivot];
                for (int column = pivot; column <= size; column++) {
                    matrix[row][column] -= factor * matrix[pivot][column];
                }
            }
        }
        double[] solution = new double[size];
        for (int row = size - 1; row >= 0; row--) {
            double rest = matrix[row][size];
            for (int column = row + 1; column < size; column++) {
                rest -= matrix[row][column] * solution[column];
            }
            solution[row] = rest / matrix[row][row];
        }
        return solution;
    }

    /** Processor time that a load should take, in seconds. */
    double cpuSeconds(Load load) {
        return perDatagram * load.datagrams()
                + perByte * load.bytes()
                + perRequest * load.requests()
                + perSecond * load.seconds();
    }

    /**
     * Processor time for each segment of a steady load, in seconds.
     *
     * @param rate datagrams per second
     * @param bytes length of a datagram
     * @param perBatch documents in a request
     */
    double cpuSecondsPerSegment(double rate, double bytes, double perBatch) {
        return perDatagram + perByte * bytes + perRequest / perBatch + perSecond / rate;
    }
}
