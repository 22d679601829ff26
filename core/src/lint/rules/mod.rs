//! The rules, one a file. A new one is its file, its `mod` line and its line in [`ALL`].

mod blocking_index_build;
mod blocking_lock;
mod cascade;
mod concurrent_if_not_exists;
mod data_loss;
mod edited_revision;
mod enum_value_used_early;
mod foreign_key_without_index;
mod incomplete_downgrade;
mod lock_order;
mod locks_together;
mod lossy_type_change;
mod missing_lock_timeout;
mod never_validated;
mod no_downgrade;
mod partial_section;
mod proof_dropped;
mod removed_revision;
mod row_security_without_policy;
mod scan_under_lock;
mod set_local_without_transaction;
mod slow_under_lock;
mod table_rewrite;
mod trigger_left_behind;
mod whole_table_update;

use super::rule::Rule;

pub(super) const ALL: &[Rule] = &[
    blocking_index_build::RULE,
    blocking_lock::RULE,
    cascade::RULE,
    concurrent_if_not_exists::RULE,
    data_loss::RULE,
    edited_revision::RULE,
    enum_value_used_early::RULE,
    foreign_key_without_index::RULE,
    incomplete_downgrade::RULE,
    lock_order::RULE,
    locks_together::RULE,
    lossy_type_change::RULE,
    missing_lock_timeout::RULE,
    never_validated::RULE,
    no_downgrade::RULE,
    partial_section::RULE,
    proof_dropped::RULE,
    removed_revision::RULE,
    row_security_without_policy::RULE,
    scan_under_lock::RULE,
    set_local_without_transaction::RULE,
    slow_under_lock::RULE,
    table_rewrite::RULE,
    trigger_left_behind::RULE,
    whole_table_update::RULE,
];
