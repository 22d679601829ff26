//! What goes with an object that is dropped, and what keeps it from being dropped: `dependency.c`.

use super::{Address, Behavior, Catalog, Class, Dependence, Refusal, SqlState};

/// How an object was reached.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    /// The statement names it.
    original: bool,
    /// Over an edge that keeps the other from being dropped.
    normal: bool,
    /// Over an edge that takes it along.
    along: bool,
    /// Over an edge from what a part of a partition belongs to: its partition, or the object of the parent.
    as_part: bool,
}

impl Reached {
    const ORIGINAL: Self = Self { original: true, normal: false, along: false, as_part: false };
    const NORMAL: Self = Self { original: false, normal: true, along: false, as_part: false };
    const ALONG: Self = Self { original: false, normal: false, along: true, as_part: false };
    const AS_PART: Self = Self { original: false, normal: false, along: true, as_part: true };

    fn merge(&mut self, other: Self) {
        self.original |= other.original;
        self.normal |= other.normal;
        self.along |= other.along;
        self.as_part |= other.as_part;
    }
}

struct Search<'a> {
    catalog: &'a Catalog,
    /// What the statement names, in its order.
    named: &'a [Address],
    /// What goes, dependents before what they depend on.
    found: Vec<(Address, Reached)>,
    stack: Vec<(Address, Reached)>,
}

impl Catalog {
    /// Returns everything that goes when these objects are dropped, dependents first, or why they cannot be.
    pub fn dropped_with(&self, named: &[Address], behavior: Behavior) -> Result<Vec<Address>, Refusal> {
        let mut search = Search { catalog: self, named, found: Vec::new(), stack: Vec::new() };
        for address in named {
            search.visit(*address, Reached::ORIGINAL)?;
        }
        // What belongs to a partition goes with that, or with what its parent has, but never alone.
        for (address, reached) in search.found.iter().filter(|(_, reached)| !reached.as_part) {
            let mut wholes = self.dependencies.references(*address).filter(|(_, how)| *how == Dependence::Partition);
            if let Some((whole, _)) = wholes.next() {
                let (part, whole) = (self.described(*address), self.described(whole));
                let message = if reached.original {
                    format!("cannot drop {part} because {whole} requires it")
                } else {
                    format!("cannot drop what {part} depends on because {whole} requires it")
                };
                return Err(Refusal::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message));
            }
        }
        if behavior == Behavior::Restrict {
            let only_normal =
                |(_, reached): &&(Address, Reached)| reached.normal && !reached.original && !reached.along;
            if search.found.iter().any(|found| only_normal(&found)) {
                // The rule of a view, the type of a table: who asks thinks of the view and the table.
                let is_part = |address: &Address| {
                    self.dependencies.references(*address).any(|(_, how)| how == Dependence::Internal)
                };
                let kept = search.found.iter().rev().filter(only_normal).map(|(address, _)| *address);
                let kept: Vec<Address> = kept.filter(|address| !is_part(address)).collect();
                let mut by: Vec<String> = kept.iter().take(SHOWN).map(|address| self.described(*address)).collect();
                if kept.len() > SHOWN {
                    by.push(format!("{} more", kept.len() - SHOWN));
                }
                let by = by.join(", ");
                let message = match named {
                    [one] => format!("cannot drop {} because other objects depend on it: {by}", self.described(*one)),
                    _ => format!("cannot drop desired object(s) because other objects depend on them: {by}"),
                };
                let message = message.trim_end_matches(": ").to_owned();
                return Err(Refusal::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message));
            }
        }
        Ok(search.found.into_iter().map(|(address, _)| address).collect())
    }

    /// Drops objects with what goes with them; returns all that went, dependents first.
    pub fn drop_all(&mut self, named: &[Address], behavior: Behavior) -> Result<Vec<Address>, Refusal> {
        let gone = self.dropped_with(named, behavior)?;
        for address in &gone {
            self.forget(*address);
        }
        Ok(gone)
    }

    /// Returns an object as messages name it.
    pub fn described(&self, address: Address) -> String {
        let relation = |oid| self.relation(oid).map(|it| format!("{} {}", it.word(), it.name));
        match address.class {
            Class::Relation if address.column != 0 => {
                let column = self.relation(address.oid).and_then(|it| it.numbered(address.column));
                let of = relation(address.oid).unwrap_or_default();
                format!("column {} of {of}", column.map(|column| &*column.name).unwrap_or_default())
            }
            Class::Relation => relation(address.oid).unwrap_or_default(),
            Class::Schema => format!("schema {}", self.schema_name(address.oid)),
            Class::Type => {
                format!("type {}", self.user_type(address.oid).map(|found| &*found.name).unwrap_or_default())
            }
            Class::Constraint => {
                let constraint = self.constraint(address.oid);
                let name = constraint.map(|it| &*it.name).unwrap_or_default();
                match constraint.and_then(|it| relation(it.on)) {
                    Some(on) => format!("constraint {name} on {on}"),
                    None => format!("constraint {name}"),
                }
            }
            Class::Default => match self.default_owner(address.oid) {
                Some((on, number)) => {
                    format!("default value for {}", self.described(Address::column(on, number)))
                }
                None => "default value".to_owned(),
            },
            Class::Rule => match self.rule(address.oid) {
                Some(rule) => format!("rule {} on {}", rule.name, relation(rule.on).unwrap_or_default()),
                None => {
                    let view = self.dependencies.references(address).find(|(_, how)| *how == Dependence::Internal);
                    let of_view = view.and_then(|(view, _)| relation(view.oid)).unwrap_or_default();
                    format!("rule {} on {of_view}", super::OF_VIEW)
                }
            },
            Class::Extension => {
                let name = self.extensions.get(&address.oid).map(|extension| &*extension.name);
                format!("extension {}", name.unwrap_or_default())
            }
            Class::Routine => {
                let word = self.routine(address.oid).map_or("function", |routine| routine.word());
                format!("{word} {}", self.routine_shown(address.oid))
            }
            Class::Trigger => match self.trigger(address.oid) {
                Some(trigger) => format!("trigger {} on {}", trigger.name, relation(trigger.on).unwrap_or_default()),
                None => "trigger".to_owned(),
            },
            Class::Policy => match self.policy(address.oid) {
                Some(policy) => format!("policy {} on {}", policy.name, relation(policy.on).unwrap_or_default()),
                None => "policy".to_owned(),
            },
            Class::Statistics => "statistics object".to_owned(),
            Class::Cast => {
                let spelled =
                    |oid| super::Names::of(vec!["public".to_owned()]).spelled(self, super::Type { oid, modifier: -1 });
                match self.user_casts().find(|cast| cast.oid == address.oid) {
                    Some(cast) => format!("cast from {} to {}", spelled(cast.from), spelled(cast.to)),
                    None => "cast".to_owned(),
                }
            }
            Class::Operator => format!("operator {}", self.operator_shown(address.oid)),
            Class::Collation => {
                format!("collation {}", self.collation(address.oid).map(|found| &*found.name).unwrap_or_default())
            }
        }
    }
}

/// So many of the objects that are in the way are named.
const SHOWN: usize = 5;

/// So many objects may stand one on the other where something is dropped. Postgres has a limit too, which lies higher and
/// hangs on its settings: behind this one it is not known what it does.
const DEEPEST: usize = 300;

impl Search<'_> {
    /// As `findDependentObjects`: what owns the object is dropped in its place, then come its dependents, then itself.
    fn visit(&mut self, address: Address, reached: Reached) -> Result<(), Refusal> {
        // A whole that is being visited takes its columns along.
        let covers = |whole: Address| {
            whole == address || (whole.column == 0 && whole.oid == address.oid && whole.class == address.class)
        };
        if let Some((_, on_stack)) = self.stack.iter_mut().find(|(other, _)| covers(*other)) {
            on_stack.merge(reached);
            return Ok(());
        }
        if let Some((_, found)) = self.found.iter_mut().find(|(other, _)| covers(*other)) {
            found.merge(reached);
            return Ok(());
        }
        if let Some(whole) = self.owner(address)? {
            self.visit(whole, reached)?;
            // It was found on the way, but not how it was come upon first.
            if let Some((_, found)) = self.found.iter_mut().find(|(other, _)| covers(*other)) {
                found.merge(reached);
            }
            return Ok(());
        }
        if self.stack.len() >= DEEPEST {
            return Err(Refusal::new(SqlState::STATEMENT_TOO_COMPLEX, "stack depth limit exceeded"));
        }
        self.stack.push((address, reached));
        let edges: Vec<_> = self.catalog.dependencies.dependents(address).collect();
        for edge in edges {
            // A column of the object that depends on another column of it is no dependent from outside.
            if edge.dependent.oid == address.oid && edge.dependent.class == address.class && address.column == 0 {
                continue;
            }
            let how = match edge.dependence {
                Dependence::Normal => Reached::NORMAL,
                Dependence::Partition => Reached::AS_PART,
                _ => Reached::ALONG,
            };
            self.visit(edge.dependent, how)?;
        }
        if let Some((address, reached)) = self.stack.pop() {
            // Columns of it that were found on the way go with it.
            self.found.retain(|(other, _)| {
                !(address.column == 0 && other.oid == address.oid && other.class == address.class)
            });
            self.found.push((address, reached));
        }
        Ok(())
    }

    /// Returns what an object is a part of, when that is to be dropped in its place. To name a part alone is an error.
    fn owner(&self, address: Address) -> Result<Option<Address>, Refusal> {
        for (whole, dependence) in self.catalog.dependencies.references(address) {
            let is_part = matches!(dependence, Dependence::Internal | Dependence::Extension);
            if !is_part {
                continue;
            }
            let known = |list: &[(Address, Reached)]| {
                list.iter().any(|(other, _)| {
                    *other == whole || (other.column == 0 && (other.class, other.oid) == (whole.class, whole.oid))
                })
            };
            if known(&self.stack) || known(&self.found) {
                return Ok(None);
            }
            if !self.stack.is_empty() {
                return Ok(Some(whole));
            }
            if self.named.contains(&whole) {
                // The statement names it too; it goes when its turn comes.
                continue;
            }
            let message = format!(
                "cannot drop {} because {} requires it",
                self.catalog.described(address),
                self.catalog.described(whole)
            );
            return Err(Refusal::new(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message));
        }
        Ok(None)
    }
}
