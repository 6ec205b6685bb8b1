SELECT require_empty('coverage', 'rejected_records');
DROP TABLE rejected_records;
DROP TABLE coverage;
