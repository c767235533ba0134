// Checks an inclusion proof made by arx with other people's implementations of the same formats.
// Standard input: {"verifierKey": "...", "origin": "...", "proof": arx.proof/v1, "consistency"?: {...}}, one JSON
// document a line; standard output: one line each, "ok" or what is wrong.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

type inclusion struct {
	LeafHash   string   `json:"leafHash"`
	Index      uint64   `json:"index"`
	Size       uint64   `json:"size"`
	Hashes     []string `json:"hashes"`
	Checkpoint string   `json:"checkpoint"`
}

type consistency struct {
	Old    string   `json:"old"`
	Hashes []string `json:"hashes"`
}

type request struct {
	VerifierKey string       `json:"verifierKey"`
	Origin      string       `json:"origin"`
	Entry       *string      `json:"entry"`
	Proof       inclusion    `json:"proof"`
	Consistency *consistency `json:"consistency"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var req request
		err := json.Unmarshal(lines.Bytes(), &req)
		if err == nil {
			err = check(req)
		}
		if err != nil {
			fmt.Println(strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("ok")
		}
	}
}

func check(req request) error {
	size, root, err := open(req, req.Proof.Checkpoint)
	if err != nil {
		return err
	}
	if size != req.Proof.Size {
		return errors.New("the proof is of another size than the checkpoint")
	}
	leaf, err := hex.DecodeString(req.Proof.LeafHash)
	if err != nil {
		return err
	}
	if req.Entry != nil && string(rfc6962.DefaultHasher.HashLeaf([]byte(*req.Entry))) != string(leaf) {
		return errors.New("the entry does not have this leaf hash")
	}
	hashes, err := decode(req.Proof.Hashes)
	if err != nil {
		return err
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, req.Proof.Index, size, leaf, hashes, root); err != nil {
		return err
	}
	if req.Consistency == nil {
		return nil
	}
	oldSize, oldRoot, err := open(req, req.Consistency.Old)
	if err != nil {
		return err
	}
	if hashes, err = decode(req.Consistency.Hashes); err != nil {
		return err
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, oldSize, size, hashes, oldRoot, root)
}

func open(req request, text string) (uint64, []byte, error) {
	verifier, err := note.NewVerifier(req.VerifierKey)
	if err != nil {
		return 0, nil, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return 0, nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != req.Origin {
		return 0, nil, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if err != nil {
		return 0, nil, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	return size, root, err
}

func decode(texts []string) ([][]byte, error) {
	hashes := make([][]byte, len(texts))
	for n, text := range texts {
		hash, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		hashes[n] = hash
	}
	return hashes, nil
}
