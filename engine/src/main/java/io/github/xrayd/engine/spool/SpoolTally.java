package io.github.xrayd.engine.spool;

/** The running counts behind {@link SpoolCounts}; of the owner thread. */
final class SpoolTally {
    long heldRecords;
    long heldDocuments;
    long heldBytes;
    long recoveredRecords;
    long recoveredDocuments;
    long storedRecords;
    long storedDocuments;
    long acknowledgedRecords;
    long acknowledgedDocuments;
    long lostRecords;
    long lostDocuments;
    long corruptRecords;
    long tornTails;
    long quarantinedFiles;
    long refusedFiles;
    long refusedRecords;
    long failures;

    void hold(long records, long documents, long bytes) {
        heldRecords += records;
        heldDocuments += documents;
        heldBytes += bytes;
    }

    void stored(int documents, int bytes) {
        storedRecords++;
        storedDocuments += documents;
        hold(1, documents, bytes);
    }

    void acknowledged(int documents, int bytes) {
        acknowledgedRecords++;
        acknowledgedDocuments += documents;
        hold(-1, -documents, -bytes);
    }

    /** What the disk gives is not what was held: more was recovered, or some was lost. */
    void changed(long records, long documents, long bytes) {
        recoveredRecords += Math.max(0, records);
        recoveredDocuments += Math.max(0, documents);
        lostRecords += Math.max(0, -records);
        lostDocuments += Math.max(0, -documents);
        hold(records, documents, bytes);
    }

    SpoolCounts snapshot(long usedBytes, int files, long oldestReceivedMs) {
        return new SpoolCounts(
                heldRecords,
                heldDocuments,
                heldBytes,
                usedBytes,
                files,
                oldestReceivedMs,
                recoveredRecords,
                recoveredDocuments,
                storedRecords,
                storedDocuments,
                acknowledgedRecords,
                acknowledgedDocuments,
                lostRecords,
                lostDocuments,
                corruptRecords,
                tornTails,
                quarantinedFiles,
                refusedFiles,
                refusedRecords,
                failures);
    }
}
