//! Which file names what of which other: imports, and paths in the code.
//!
//! A file that only re-exports a name does not import from that name's file: the files that use the name do.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::source::{Module, Source};

/// For each file, the files that it names something of, and one such name each.
pub(crate) type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// A name that a `use` brings into a module.
struct Alias {
    path: Module,
    is_exported: bool,
}

/// The names that a module brings into scope, and those in its code.
#[derive(Default)]
struct Scope {
    aliases: BTreeMap<String, Alias>,
    /// Paths of two names and more, as they are written.
    paths: BTreeSet<Module>,
    /// All names in the code outside imports.
    names: BTreeSet<String>,
}

/// Returns who imports whom.
pub(crate) fn graph(sources: &BTreeMap<Module, Source>) -> Graph {
    let mut scopes = BTreeMap::new();
    for (module, source) in sources {
        scan(source.tokens(), module, &mut scopes);
    }
    let crate_ = Crate { sources, scopes };
    let mut graph = Graph::new();
    for (module, scope) in &crate_.scopes {
        let file = crate_.file(module);
        let edges = graph.entry(file.to_owned()).or_default();
        let used =
            scope.aliases.iter().filter(|(name, alias)| !alias.is_exported || scope.names.contains(*name));
        let used = used.map(|(_, alias)| &alias.path);
        for path in used.chain(&scope.paths) {
            if let Some(target) = crate_.definition(module, path, 0).filter(|target| *target != file) {
                edges.entry(target.to_owned()).or_insert_with(|| path.join("::"));
            }
        }
    }
    graph
}

struct Crate<'s> {
    sources: &'s BTreeMap<Module, Source>,
    scopes: BTreeMap<Module, Scope>,
}

impl Crate<'_> {
    /// The file that a module, or one inside a file, is in.
    fn file(&self, module: &[String]) -> &str {
        let known = (0..=module.len()).rev().find_map(|length| self.sources.get(&module[..length]));
        &known.expect("the root is a file").file
    }

    /// The file that defines what `path` means in `module`. `None` for other crates, and for a module as such.
    fn definition(&self, module: &[String], path: &[String], depth: u8) -> Option<&str> {
        // Names that go round in circles are not Rust; the bound is for paths that this reading takes wrongly.
        if depth > 20 {
            return None;
        }
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            name => {
                let child = [module, &[name.to_owned()]].concat();
                if self.scopes.contains_key(&child) {
                    child
                } else {
                    let alias = self.scopes.get(module)?.aliases.get(name)?;
                    let whole = [alias.path.as_slice(), rest].concat();
                    // An import of another crate, `use url::Url`, leads nowhere.
                    return if alias.path == [name] {
                        None
                    } else {
                        self.definition(module, &whole, depth + 1)
                    };
                }
            }
        };
        while let Some((name, others)) = rest.split_first() {
            if name == "super" {
                at.pop()?;
            } else {
                let child = [at.as_slice(), std::slice::from_ref(name)].concat();
                if self.scopes.contains_key(&child) {
                    at = child;
                } else if let Some(alias) = self.scopes.get(&at).and_then(|scope| scope.aliases.get(name)) {
                    let whole = [alias.path.as_slice(), others].concat();
                    return self.definition(&at, &whole, depth + 1);
                } else {
                    return Some(self.file(&at));
                }
            }
            rest = others;
        }
        None
    }
}

/// Reads a module's tokens into its scope, and those of the modules inside into theirs.
fn scan(tokens: TokenStream, module: &Module, scopes: &mut BTreeMap<Module, Scope>) {
    scopes.entry(module.clone()).or_default();
    let tokens = tokens.into_iter().collect::<Vec<_>>();
    let mut at = 0;
    let mut is_exported = false;
    while at < tokens.len() {
        let scope = scopes.get_mut(module).expect("it was made");
        match &tokens[at] {
            TokenTree::Ident(word) if word == "pub" => {
                is_exported = true;
                at += 1;
                if matches!(&tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
                {
                    at += 1;
                }
                continue;
            }
            TokenTree::Ident(word) if word == "use" => {
                let end = (at..tokens.len()).find(|&end| is_punct(&tokens[end], ';')).unwrap_or(tokens.len());
                read_use(&tokens[at + 1..end], &[], is_exported, scope);
                at = end;
            }
            TokenTree::Ident(word) if word == "mod" => {
                if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                    (tokens.get(at + 1), tokens.get(at + 2))
                {
                    if name != "tests" {
                        let inner = [module.as_slice(), &[name.to_string()]].concat();
                        scan(body.stream(), &inner, scopes);
                    }
                    at += 2;
                }
            }
            TokenTree::Ident(word) => {
                let mut path = vec![word.to_string()];
                let mut next = at + 1;
                while let (Some(first), Some(second), Some(TokenTree::Ident(name))) =
                    (tokens.get(next), tokens.get(next + 1), tokens.get(next + 2))
                {
                    if !is_punct(first, ':') || !is_punct(second, ':') {
                        break;
                    }
                    path.push(name.to_string());
                    next += 3;
                }
                scope.names.insert(path[0].clone());
                if path.len() > 1 {
                    scope.paths.insert(path);
                }
                at = next - 1;
            }
            TokenTree::Group(group) => scan_group(group, module, scopes),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        is_exported = false;
        at += 1;
    }
}

fn scan_group(group: &Group, module: &Module, scopes: &mut BTreeMap<Module, Scope>) {
    scan(group.stream(), module, scopes);
}

/// Reads the tree of a `use` below `prefix`.
fn read_use(tokens: &[TokenTree], prefix: &[String], is_exported: bool, scope: &mut Scope) {
    let mut path = prefix.to_vec();
    let mut alias = None;
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "as" => {
                alias = tokens.get(at + 1).map(ToString::to_string);
                at += 1;
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => {
                let inner = group.stream().into_iter().collect::<Vec<_>>();
                for tree in inner.split(|token| is_punct(token, ',')).filter(|tree| !tree.is_empty()) {
                    read_use(tree, &path, is_exported, scope);
                }
                return;
            }
            TokenTree::Punct(punct) if punct.as_char() == '*' => path.push("*".to_owned()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    // `use a::{self}` names `a`.
    if path.len() > 1 {
        path.pop_if(|last| last == "self");
    }
    let Some(name) = alias.or_else(|| path.last().cloned()) else { return };
    scope.aliases.insert(name, Alias { path, is_exported });
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}
