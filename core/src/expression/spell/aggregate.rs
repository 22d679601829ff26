//! Aggregates and windows as text.

use super::Speller;
use crate::catalog::query::{Aggregate, Over, SortValue, Window};
use crate::expression::Answer;

impl Speller<'_> {
    pub(super) fn aggregate(&mut self, aggregate: &Aggregate) -> Answer<()> {
        let name = self.function(aggregate.function)?;
        self.push(&name);
        self.push(if aggregate.distinct { "(DISTINCT " } else { "(" });
        self.push(if aggregate.star { "*" } else { "" });
        for (at, value) in aggregate.arguments.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.push(if aggregate.variadic && at + 1 == aggregate.arguments.len() { "VARIADIC " } else { "" });
            self.node(value, true)?;
        }
        if !aggregate.order.is_empty() {
            self.push(" ORDER BY ");
            self.order(&aggregate.order)?;
        }
        if let Some(filter) = &aggregate.filter {
            self.push(") FILTER (WHERE ");
            self.node(filter, false)?;
        }
        self.push(")");
        match &aggregate.over {
            None => Ok(()),
            Some(Over::Named(name)) => {
                self.push(&format!(" OVER {}", self.quoted(name)));
                Ok(())
            }
            Some(Over::Window(window)) => {
                self.push(" OVER ");
                self.window(window)
            }
        }
    }

    /// `get_rule_windowspec`
    pub(super) fn window(&mut self, window: &Window) -> Answer<()> {
        let mut space = "";
        self.push("(");
        if let Some(name) = &window.based_on {
            self.push(&self.quoted(name));
            space = " ";
        }
        for (at, value) in window.partition.iter().enumerate() {
            if at == 0 {
                self.push(&format!("{space}PARTITION BY "));
                space = " ";
            } else {
                self.push(", ");
            }
            self.sort_window(value)?;
        }
        if !window.order.is_empty() {
            self.push(&format!("{space}ORDER BY "));
            self.order(&window.order)?;
            space = " ";
        }
        if let Some(frame) = &window.frame {
            self.push(&format!("{space}{frame}"));
        }
        self.push(")");
        Ok(())
    }

    fn order(&mut self, order: &[SortValue]) -> Answer<()> {
        for (at, sort) in order.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.sort_window(&sort.value)?;
            self.direction(sort.descending, sort.nulls_first);
        }
        Ok(())
    }
}
