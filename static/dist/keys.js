/*! Spare Key. Packages in it: vendor/LICENSES.txt */
import{G as e,H as o,K as t,Z as p,da as m}from"./crypto.js";import{s as r}from"./shared.js";export{o as LEADS_ON,e as RUNNING,t as allDevices,r as current,m as reopen,p as signedFetch};
